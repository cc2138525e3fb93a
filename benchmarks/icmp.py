"""An ICMP sweep of the whole fleet: our engine and fping, interleaved, on loopback.

Every address of 127/8 answers, so nobody has to be started. `python -m benchmarks.icmp`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

from collector.icmp.engine import IcmpEngine


@dataclass(frozen=True, slots=True)
class Run:
    wall_s: float
    cpu_s: float
    answered: int


def addresses(count: int) -> list[str]:
    return [f"127.1.{i // 250}.{1 + i % 250}" for i in range(count)]


def ours(targets: list[str]) -> Run:
    async def sweep() -> Run:
        async with IcmpEngine() as engine:
            wall, cpu = time.perf_counter(), time.process_time()
            reaches = await engine.sweep((address, address) for address in targets)
            return Run(
                time.perf_counter() - wall,
                time.process_time() - cpu,
                sum(reach.answered for reach in reaches),
            )

    return asyncio.run(sweep())


def fping(targets: list[str]) -> Run:
    """At its fastest: one packet an address, the smallest interval that it allows."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        ["fping", "-C", "1", "-q", "-i", "1", "-t", "1000", "-r", "0", *targets],
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    answered = sum(not line.endswith(" -") for line in done.stderr.splitlines())
    return Run(time.perf_counter() - wall, cpu_s, answered)


def measure(count: int = 3400, runs: int = 5) -> dict[str, Run]:
    """Medians of interleaved runs, by engine; fping only where it is installed."""
    engines: dict[str, Callable[[list[str]], Run]] = {"wanwatch": ours}
    if shutil.which("fping"):
        engines["fping"] = fping
    targets = addresses(count)
    ours(targets[:50])  # the first packets of a machine pay for its caches
    done: dict[str, list[Run]] = {name: [] for name in engines}
    for _ in range(runs):
        for name, engine in engines.items():
            done[name].append(engine(targets))
    return {
        name: Run(
            median(run.wall_s for run in those),
            median(run.cpu_s for run in those),
            min(run.answered for run in those),
        )
        for name, those in done.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=3400)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = measure(options.addresses, options.runs)
    if options.json:
        print(json.dumps({name: asdict(run) for name, run in results.items()}))
        return
    print(f"{'ICMP sweep':12} {'wall s':>8} {'CPU s':>8} {'answered':>9}")
    for name, run in results.items():
        print(f"{name:12} {run.wall_s:8.3f} {run.cpu_s:8.3f} {run.answered:9}")


if __name__ == "__main__":
    main()
