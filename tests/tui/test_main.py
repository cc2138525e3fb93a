"""The front door, in a process and a terminal of its own."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.tui.daemon import daemon
from tests.tui.nation import whole_nation
from tests.tui.opened import until

OPEN = "import sys; from tui.main import run; sys.exit(run(sys.argv[1], token=None, language='vi'))"
ROOT = Path(__file__).parents[2]


def test_opening_the_door_does_not_load_the_house() -> None:
    script = "import sys, tui.main; print(sorted({'textual', 'httpx', 'rich'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    found = subprocess.run(
        [sys.executable, "-c", OPEN, "http://127.0.0.1:1"],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    assert found.returncode == 2
    assert found.stdout == ""
    assert "cần một terminal" in found.stderr


async def test_in_a_terminal_it_shows_the_country_logs_to_a_file_and_ends_on_q(
    tmp_path: Path,
) -> None:
    async with daemon(whole_nation()) as serving:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", OPEN, serving.url, cwd=ROOT, stdin=theirs, stdout=theirs,
            stderr=theirs, env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm"},
        )  # fmt: skip
        os.close(theirs)
        said = bytearray()
        asyncio.get_running_loop().add_reader(ours, lambda: said.extend(_read(ours)))
        await until(lambda: "điểm thông suốt" in said.decode("utf-8", "replace"))
        os.write(ours, b"q")
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        asyncio.get_running_loop().remove_reader(ours)
        os.close(ours)
    assert (tmp_path / "wanwatch" / "console.log").exists()
    assert b"Traceback" not in said


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side has gone
        return b""
