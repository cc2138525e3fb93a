"""`/snmp` of the daemon beside snmp_exporter. `python -m benchmarks.scrape`

The same modules of each, 50 connections that ask for one address of a real snmpd after the other
as Prometheus does: kept open, with gzip. What counts is the CPU time of the whole server process
and how long the sweep takes, in turns. Runs in a network namespace of its own if that is allowed
(root); otherwise on the interfaces that the machine has.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.agents import ADDRESSES, exporter, free_port, snmpd
from benchmarks.asked import modules
from benchmarks.load import asked
from benchmarks.namespace import add_interface, inside

START_S = 20.0
MANY_INTERFACES = 62

SETTINGS = """
inventory: [inventory.yaml]
monitors: []
http: {{port: {port}}}
modules: [modules.yml]
"""
INVENTORY = """
provinces: [{id: "01", name: Hà Nội, code: "01"}]
sites: [{id: dc, name: DC, kind: data_centre, province: "01"}]
nodes: [{id: a, site: dc, address: 127.0.0.1}]
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians over the runs; `samples` of one answer, with those about the scrape itself."""

    what: str
    addresses: int
    samples: int
    cpu_s: float
    wall_s: float

    def row(self, theirs: Figure | None) -> str:
        each_us = self.cpu_s / self.addresses * 1e6
        cpu = wall = ""
        if theirs is not None:
            cpu = f"{self.cpu_s / theirs.cpu_s:.2f}"
            wall = f"{self.wall_s / theirs.wall_s:.2f}"
        return (
            f"| {self.what} | {self.samples} | {self.addresses:,} | {self.cpu_s:.2f} | "
            f"{each_us:.0f} | {self.wall_s:.2f} | {cpu} | {wall} |"
        )


@contextmanager
def daemon(folder: Path, config: str) -> Iterator[tuple[int, int]]:
    """(HTTP port, process id) of a daemon with these modules and one idle node."""
    port = free_port(socket.SOCK_STREAM)
    (folder / "modules.yml").write_text(config, "utf-8")
    (folder / "inventory.yaml").write_text(INVENTORY, "utf-8")
    (folder / "wanwatch.yaml").write_text(SETTINGS.format(port=port), "utf-8")
    command = [sys.executable, "-m", "wanwatch", "run", "-c", str(folder / "wanwatch.yaml")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_S
        with socket.socket() as sock:
            while sock.connect_ex(("127.0.0.1", port)) and time.monotonic() < until:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


async def compared(
    module: str, runs: int, addresses: int = ADDRESSES, what: str = ""
) -> Iterator[str]:
    """A row for each server."""
    found: dict[str, list[tuple[float, float, int]]] = {}
    config = json.dumps(modules())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        agent = stack.enter_context(snmpd(folder))
        servers = {"wanwatch": stack.enter_context(daemon(folder, config))}
        if shutil.which("prometheus-snmp-exporter"):
            servers["snmp_exporter"] = stack.enter_context(exporter(folder, config))
        targets = [f"127.1.{n // 250}.{n % 250 + 1}:{agent}" for n in range(addresses)]
        for run in range(runs + 2):
            for name, (port, pid) in servers.items():
                taken = await asked(port, pid, module, targets)
                if run > 1:  # what a device answers is learnt in the first two
                    found.setdefault(name, []).append(taken)
    figures = {
        name: Figure(f"{what or module}, {name}", addresses, *medians(taken))
        for name, taken in found.items()
    }
    theirs = figures.get("snmp_exporter")
    return (figure.row(theirs) for figure in figures.values())


def medians(taken: Sequence[tuple[float, float, int]]) -> tuple[int, float, float]:
    return (
        taken[-1][2],
        median(cpu_s for cpu_s, _, _ in taken),
        median(wall_s for _, wall_s, _ in taken),
    )


async def measure(runs: int) -> None:
    """Prints the table."""
    print("| module | samples | addresses | CPU s | µs each | wall s | CPU ratio | wall ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for module in ("scalars", "v2c", "v3", "if_mib"):
        for row in await compared(module, runs):
            print(row, flush=True)
    for number in range(6, MANY_INTERFACES):
        add_interface(f"wan{number}")
    few = ADDRESSES // 10
    for row in await compared("if_mib", runs, few, f"if_mib, {MANY_INTERFACES} interfaces"):
        print(row, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    if not inside("benchmarks.scrape", ["--runs", str(options.runs)]):
        asyncio.run(measure(options.runs))


if __name__ == "__main__":
    main()
