"""A disk that is really full: a small tmpfs in a mount namespace, and a limit on file size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAD = """
import asyncio, os, resource, signal
from pathlib import Path
from store.database import Store
from store.errors import StoreError
from store.record import Event, Record
from tests.store.material import START, alert, outage

def bulky(n):
    event = Event(START, "k", params={"x": "y" * 50_000})
    return Record(outages=(outage(f"o{n}"),), events=(event,))

async def fill(store):
    for n in range(10_000):
        try:
            await store.commit(bulky(n))
        except StoreError as error:
            return n, error
    raise SystemExit("the disk never became full")
"""

FULL = """
async def main(folder):
    store = await Store.open("sqlite:///wanwatch.db", folder=folder)
    print("reserve", not store.short_of_room)
    count, error = await fill(store)
    print(type(error).__name__, "free some space" in str(error), str(folder) in str(error))
    print("kept", len(await store.outages(limit=20_000)) == count, store.short_of_room)
    (folder / "junk").unlink()
    page = await store.commit(Record(outages=(outage("last"),), alerts=(alert(outage="last"),)))
    await store.close()
    store = await Store.open("sqlite:///wanwatch.db", folder=folder)
    restored = await store.restore()
    print("after", len(restored.outages) == count + 1, len(page), len(await store.pending()))
    await store.close()

folder = Path(os.environ["FOLDER"])
(folder / "junk").write_bytes(bytes(2 << 20))
asyncio.run(main(folder))
"""

RESERVE = """
async def main(folder):
    store = await Store.open("sqlite:///wanwatch.db", folder=folder)
    with (folder / "junk").open("wb", buffering=0) as junk:
        try:
            while True:
                junk.write(bytes(4096))
        except OSError:
            pass
    for n in range(40):
        await store.commit(bulky(n))
    paged = await store.commit(Record(alerts=(alert(),)))
    print("paged on a full disk", len(paged), store.short_of_room)
    await store.close()

asyncio.run(main(Path(os.environ["FOLDER"])))
"""

LIMITED = """
async def main(folder):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = await Store.open("sqlite:///wanwatch.db", folder=folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9 << 20, 9 << 20))
    count, error = await fill(store)
    print(type(error).__name__, "check its space, quota" in str(error))
    print("kept", len(await store.outages(limit=20_000)) == count)
    await store.close()

asyncio.run(main(Path(os.environ["FOLDER"])))
"""


def run(script: str, folder: Path, *prefix: str) -> list[str]:
    done = subprocess.run(
        [*prefix, sys.executable, "-c", HEAD + script],
        env={"FOLDER": str(folder), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=18,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def small_disk(folder: Path, megabytes: int) -> tuple[str, ...]:
    """A command prefix that runs the rest with a full-able disk at `folder`."""
    mount = f'mount -t tmpfs -o size={megabytes}m small {folder} && exec "$@"'
    prefix = ("unshare", "--mount", "--map-root-user", "sh", "-c", mount, "sh")
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk needs unshare (util-linux) and the right to mount")
    return prefix


def test_a_full_disk_is_named_and_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    lines = run(FULL, tmp_path, *small_disk(tmp_path, 12))
    assert lines == ["reserve False", "DiskFullError True True", "kept True True", "after True 1 1"]


def test_pages_still_go_out_on_a_full_disk_from_the_reserve(tmp_path: Path) -> None:
    lines = run(RESERVE, tmp_path, *small_disk(tmp_path, 48))
    assert lines == ["paged on a full disk 1 True"]


def test_a_limit_on_file_size_is_named_and_loses_nothing(tmp_path: Path) -> None:
    assert run(LIMITED, tmp_path) == ["DiskFullError True", "kept True"]
