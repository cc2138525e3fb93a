"""A sweep of 3,400 addresses × 82 varbinds, ours beside snmp_exporter. `python -m benchmarks.sweep`

10 scalars and 12 columns of 6 interfaces, from a real snmpd that answers on every address of
127.0.0.0/8 in a network namespace with six interfaces, and from the lab. What counts is the CPU
time of the client process, over settled sweeps, taken in turns. Both run in a namespace of their
own if that is allowed (root); otherwise on the interfaces that the machine has.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.agents import (
    ADDRESSES,
    PRIVATE,
    PUBLIC,
    exporter,
    lab,
    module,
    silence,
    snmpd,
    targets,
)
from benchmarks.asked import modules
from benchmarks.chain import Chain
from benchmarks.load import asked
from benchmarks.namespace import inside
from collector.sample import PollFailed, Reach, Readings
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from collector.snmp.target import Target

WINDOW = 1024


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians over the runs, of a sweep of 3,400 addresses."""

    what: str
    cpu_s: float
    wall_s: float
    runs: int
    values: int = 0

    def row(self) -> str:
        each_us = self.cpu_s / ADDRESSES * 1e6
        return (
            f"| {self.what} | {self.cpu_s:.3f} | {each_us:.0f} | {self.wall_s:.2f} | {self.runs} |"
        )


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def swept(
    engine: SnmpEngine,
    plan: Plan | None,
    fleet: Sequence[Target],
    dead: int = 0,
    chain: Chain | None = None,
) -> Figure:
    """One sweep; without a plan, of reachability; with a chain, up to the text.

    Raises RuntimeError if more nodes than one in a
    hundred gave no answer, beside the dead ones."""
    left, values, failed = len(fleet), 0, 0
    over = asyncio.Event()

    def done(result: Readings | PollFailed | Reach) -> None:
        nonlocal left, values, failed
        if isinstance(result, Readings):
            values += len(result.numbers) + len(result.texts)
            if chain is not None:
                chain.readings.append(result)
        else:
            failed += not (isinstance(result, Reach) and result.answered)
        left -= 1
        if not left:
            over.set()

    cpu, wall = cpu_s(), time.perf_counter()
    for target in fleet:
        if plan is None:
            engine.probe(target, done)
        else:
            engine.poll(target, plan, done)
    await over.wait()
    if chain is not None:
        chain.finish()
    cpu, wall = cpu_s() - cpu, time.perf_counter() - wall
    if failed > dead + len(fleet) // 100:
        raise RuntimeError(f"{failed} of {len(fleet)} nodes did not answer")
    return Figure("", cpu, wall, 1, values)


async def settle(engine: SnmpEngine, plan: Plan | None, fleet: Sequence[Target]) -> None:
    for _ in range(1 if plan is None else 4):
        await swept(engine, plan, fleet)


def summary(what: str, figures: Sequence[Figure], scale: float = 1.0) -> Figure:
    return Figure(
        what,
        median(figure.cpu_s for figure in figures) * scale,
        median(figure.wall_s for figure in figures) * scale,
        len(figures),
        figures[-1].values,
    )


async def scraped(http_port: int, pid: int, name: str, agent_port: int) -> Figure:
    """One sweep by the exporter; its own CPU time counts."""
    addresses = [f"{target.address}:{agent_port}" for target in targets(PUBLIC, agent_port)]
    cpu_s, wall_s, values = await asked(http_port, pid, name, addresses)
    return Figure("", cpu_s, wall_s, 1, values)


async def against_snmpd(folder: Path, runs: int) -> list[Figure]:
    found: dict[str, list[Figure]] = {}
    with ExitStack() as stack:
        port = stack.enter_context(snmpd(folder))
        silent = stack.enter_context(silence())
        theirs = None
        if shutil.which("prometheus-snmp-exporter"):
            theirs = stack.enter_context(exporter(folder, json.dumps(modules())))
        plan = Plan.of(module())
        async with SnmpEngine(window=WINDOW) as engine:
            fleets = {"v2c": targets(PUBLIC, port), "v3": targets(PRIVATE, port)}
            chains = {version: Chain(fleet, module()) for version, fleet in fleets.items()}
            for version, fleet in fleets.items():
                await settle(engine, plan, fleet)
                await settle(engine, None, fleet)
                await swept(engine, plan, fleet, chain=chains[version])
            dying = [
                replace(target, port=silent, timeout_s=2.0) if n % 10 == 0 else target
                for n, target in enumerate(fleets["v2c"])
            ]
            dead = sum(target.port == silent for target in dying)
            for run in range(runs):
                for version, fleet in fleets.items():
                    label = f"{version}, wanwatch, snmpd"
                    found.setdefault(label, []).append(await swept(engine, plan, fleet))
                    label = f"{version}, wanwatch, snmpd, reachability only"
                    found.setdefault(label, []).append(await swept(engine, None, fleet))
                    label = f"{version}, wanwatch, snmpd, with states, rates and metrics text"
                    whole = await swept(engine, plan, fleet, chain=chains[version])
                    found.setdefault(label, []).append(whole)
                    if theirs is not None:
                        label = f"{version}, snmp_exporter, snmpd"
                        found.setdefault(label, []).append(await scraped(*theirs, version, port))
                label = "v2c, wanwatch, snmpd, one node in ten dead (2 s, one retry)"
                found.setdefault(label, []).append(await swept(engine, plan, dying, dead))
                told(f"run {run + 1} of {runs}")
    return [summary(what, figures) for what, figures in found.items()]


async def against_the_lab(folder: Path, runs: int) -> list[Figure]:
    """Scaled to 3,400 nodes, since each of the lab's nodes speaks one version only."""
    found: dict[str, list[Figure]] = {}
    with lab(folder) as fleets:
        plan = Plan.of(module())
        async with SnmpEngine(window=WINDOW) as engine:
            for fleet in fleets.values():
                await settle(engine, plan, fleet)
            for _ in range(runs):
                for version, fleet in fleets.items():
                    found.setdefault(version, []).append(await swept(engine, plan, fleet))
        return [
            summary(f"{version}, wanwatch, lab", figures, ADDRESSES / len(fleets[version]))
            for version, figures in found.items()
        ]


def told(text: str) -> None:
    print(text, file=sys.stderr)


def measure(runs: int = 5) -> list[Figure]:
    """Every figure."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(against_snmpd(Path(folder), runs))
    with tempfile.TemporaryDirectory() as folder:
        return figures + asyncio.run(against_the_lab(Path(folder), runs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    wanted = parser.parse_args()
    if inside("benchmarks.sweep", ["--runs", str(wanted.runs)]):
        return
    figures = measure(wanted.runs)
    print("| sweep of 3,400 nodes × 82 varbinds | CPU s | µs a node | wall s | runs |")
    print("|---|---|---|---|---|")
    for figure in figures:
        print(figure.row())


if __name__ == "__main__":
    main()
