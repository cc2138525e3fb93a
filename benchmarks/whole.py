"""A device of 20,000 interfaces beside the hubs and a few communes: polled by the daemon, then also
recorded whole. What that costs the looks at all others. `python -m benchmarks.whole`

Everything real: the daemon in a process of its own, the nation in another, the big device in a
third, `wanwatch record` in a fourth.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import wanwatch.daemon
from benchmarks.agents import free_port
from benchmarks.bigdevice import write
from collector.sample import Batch, PollFailed, Reach, Readings
from lab.main import LabInfo, serve
from lab.write import secrets
from wanwatch.inbox import Inbox

BIG = "big"
COMMUNES = 200  # few enough to be surveyed before it is measured
SETTLE_S = 100.0  # all values polled, every node surveyed
HELD_S = 0.010
CASES = ("without it", "with it", "with it, while it is recorded")


@dataclass(slots=True)
class Seen:
    """What one measured stretch of time saw. Looks: (node, answered, round trip)."""

    looks: list[tuple[str, bool, float]] = field(default_factory=list)
    gaps_s: dict[str, list[float]] = field(default_factory=dict)
    polls_s: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    held_s: list[tuple[float, str]] = field(default_factory=list)


class Watch(Inbox):
    """The daemon's inbox, looked into."""

    now = Seen()

    def put(self, batch: Batch) -> None:
        for sample in batch.samples:
            match sample:
                case Reach():
                    self._look(sample)
                case Readings() if sample.node == BIG:
                    Watch.now.polls_s.append(sample.took_s)
                case PollFailed():
                    Watch.now.failed.append(f"{sample.node}: {sample.detail}")
        super().put(batch)

    def _look(self, reach: Reach) -> None:
        Watch.now.looks.append((reach.node, reach.answered, reach.rtt_s or 0.0))
        Watch.now.gaps_s.setdefault(reach.node, []).append(reach.at)


def peak_mb() -> float:
    """The most megabytes that this process was ever resident with."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))


def count_holds() -> None:
    """Has every turn of the loop timed, in CPU time of its thread: the machine is shared."""
    run = asyncio.Handle._run

    def timed(self: asyncio.Handle) -> None:
        before = time.thread_time()
        run(self)
        held_s = time.thread_time() - before
        if held_s > HELD_S:
            Watch.now.held_s.append((held_s, repr(self)[:150]))

    asyncio.Handle._run = timed  # type: ignore[method-assign]


async def _measured(pipe: Connection, config: Path) -> None:
    daemon = asyncio.create_task(wanwatch.daemon.run(config))
    while not daemon.done():
        if pipe.poll():
            asked = pipe.recv()
            if asked == "stop":
                daemon.cancel()
                await asyncio.wait({daemon})
                return
            seen, Watch.now = Watch.now, Seen()
            pipe.send((seen, peak_mb()))
        await asyncio.sleep(0.05)
    await daemon


def _daemon(pipe: Connection, config: str) -> None:
    wanwatch.daemon.Inbox = Watch  # type: ignore[misc]
    count_holds()
    asyncio.run(_measured(pipe, Path(config)))


def _lab(pipe: Connection, directory: str, options: dict[str, Any]) -> None:
    def ready(info: LabInfo) -> None:
        pipe.send(info)

    asyncio.run(serve(Path(directory), ready=ready, **options))


@contextmanager
def child(target: Any, *arguments: Any) -> Iterator[Connection]:
    """A process of its own, and the pipe to it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.terminate()
        process.join(10)


def joined(nation: Path, big: Path) -> Path:
    """A configuration of the nation and, beside its monitor, the big device."""
    folder = nation / "with"
    shutil.copytree(nation / "inventory", folder / "inventory")
    (node,) = [
        json.loads(line[2:])
        for path in (big / "inventory").glob("*.yaml")
        for line in path.read_text("utf-8").splitlines()
        if '"address"' in line
    ]
    node["site"] = "dc-hn"
    link = {"id": "beside", "a": "dc-hn-core1", "b": BIG}
    extra = f"nodes:\n- {json.dumps(node)}\nlinks:\n- {json.dumps(link)}\n"
    (folder / "inventory" / "big.yaml").write_text(extra, "utf-8")
    for name in ("secrets", "known_hosts"):
        (folder / name).symlink_to(nation / name)
    settings = (nation / "wanwatch.yaml").read_text("utf-8")
    (folder / "wanwatch.yaml").write_text(settings, "utf-8")
    return folder / "wanwatch.yaml"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What `wanwatch record` needed."""

    objects: int
    took_s: float
    peak_mb: float


def record(nation: Path, info: LabInfo, address: str, output: Path) -> Recorded:
    """Records the whole device by the command itself."""
    community = secrets(nation).community
    code = (
        "import sys; from wanwatch.cli import cli\n"
        "try: cli(sys.argv[1:])\n"
        "finally: print(*[line.split()[1] for line in open('/proc/self/status') if 'HWM' in line])"
    )
    command = [sys.executable, "-c", code, "record", f"{address}:{info.port}", "--force"]
    command += ["-o", str(output), "--community", community, "--language", "en"]
    started = time.monotonic()
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    took_s = time.monotonic() - started
    with output.open("rb") as file:
        objects = sum(1 for _ in file)
    return Recorded(objects, took_s, int(run.stdout.split()[-1]) / 1024)


def told(seen: Seen, ours: bool) -> list[str]:
    """Looks at the big device, or at all others: how many, unanswered, round trips, intervals."""
    looks = [look for look in seen.looks if (look[0] == BIG) == ours]
    if not looks:
        return ["–"] * 4
    rtts = sorted(rtt_s * 1000 for _, answered, rtt_s in looks if answered)
    gaps = sorted(
        later - earlier
        for node, at in seen.gaps_s.items()
        if (node == BIG) == ours
        for earlier, later in itertools.pairwise(at)
    )
    return [
        f"{len(looks):,}",
        f"{sum(not answered for _, answered, _ in looks):,}",
        " / ".join(f"{value:.1f}" for value in spread(rtts)),
        " / ".join(f"{value:.2f}" for value in spread(gaps)),
    ]


def spread(ordered: list[float]) -> tuple[float, float, float]:
    """Median, 99th percentile, worst."""
    return statistics.median(ordered), ordered[int(len(ordered) * 0.99)], ordered[-1]


def polls(seen: Seen) -> str:
    if not seen.polls_s:
        return "–"
    return f"{len(seen.polls_s)}, {statistics.median(seen.polls_s):.1f} s each"


def holds(seen: Seen) -> str:
    worst = max((held_s for held_s, _ in seen.held_s), default=0.0)
    return f"{len(seen.held_s)}, {worst * 1000:.0f} ms at worst" if seen.held_s else "none"


def measure(folder: Path, stretch_s: float) -> Iterator[tuple[str, Seen, float, Recorded | None]]:
    """(case, what was seen, peak memory of the daemon in MB, the recording) of each case."""
    nation, big = folder / "nation", folder / "big"
    recordings = folder / "recordings"
    recordings.mkdir()
    write(recordings / f"{BIG}.snmprec")
    options = {"http_port": free_port(), "communes": COMMUNES}
    with child(_lab, str(nation), options) as pipe:
        pipe.recv()
        big.mkdir()
        shutil.copytree(nation / "secrets", big / "secrets")
        beside = {"recordings": recordings, "v3_share": 0.0}
        with child(_lab, str(big), beside) as big_pipe:
            info: LabInfo = big_pipe.recv()
            with child(_daemon, str(nation / "wanwatch.yaml")) as daemon:
                yield CASES[0], *stretch(daemon, stretch_s), None
            with child(_daemon, str(joined(nation, big))) as daemon:
                yield CASES[1], *stretch(daemon, stretch_s), None
                daemon.send("forget")
                daemon.recv()
                taken = record(nation, info, "127.79.0.1", folder / "again.snmprec")
                daemon.send("tell")
                yield CASES[2], *daemon.recv(), taken


def stretch(daemon: Connection, stretch_s: float) -> tuple[Seen, float]:
    """What is seen in a while, when everything has settled."""
    time.sleep(SETTLE_S)
    daemon.send("forget")
    daemon.recv()
    time.sleep(stretch_s)
    daemon.send("tell")
    seen, peak = daemon.recv()
    return seen, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    heads = (
        "the nation's hubs and 200 communes",
        "looks at others",
        "unanswered",
        "round trip, ms: median / p99 / worst",
        "between two looks of one node, s",
        "at the big one",
        "unanswered",
        "round trip, ms",
        "between two looks, s",
        "polls of it",
        "polls failed",
        "loop held for over 10 ms of CPU",
        "daemon's peak memory",
    )
    columns: list[list[str]] = [list(heads)]
    taken = None
    with tempfile.TemporaryDirectory() as name:
        for case, seen, peak, recorded in measure(Path(name), arguments.seconds):
            taken = recorded
            cells = [*told(seen, False), *told(seen, True), polls(seen), str(len(seen.failed))]
            columns.append([case, *cells, holds(seen), f"{peak:.0f} MB"])
            if arguments.verbose:
                print(seen.failed[:5], sorted(seen.held_s, reverse=True)[:8], file=sys.stderr)
    for number, row in enumerate(zip(*columns, strict=True)):
        print(f"| {' | '.join(row)} |")
        if not number:
            print("|---" * len(row) + "|")
    if taken:
        what = (
            f"{taken.objects:,} objects in {taken.took_s:.1f} s, {taken.peak_mb:.0f} MB at its peak"
        )
        print(f"| `wanwatch record` of it | – | – | {what} |")


if __name__ == "__main__":
    main()
