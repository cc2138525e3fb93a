"""`/snmp` of the daemon beside snmp_exporter. `python -m benchmarks.scrape`

The same module of each, 50 requests at a time over 3,400 addresses of a real snmpd; what counts
is the CPU time of the whole server process and how long the sweep takes, in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.agents import exporter, exporter_config, free_port, snmpd
from benchmarks.sweep import Figure, scraped, summary

MODULES = ("v2c", "v3")
START_S = 20.0

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


@contextmanager
def daemon(folder: Path) -> Iterator[tuple[int, int]]:
    """(HTTP port, process id) of a daemon with the exporter's modules and one idle node."""
    port = free_port(socket.SOCK_STREAM)
    (folder / "modules.yml").write_text(exporter_config(), "utf-8")
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


async def measure(runs: int) -> list[Figure]:
    """CPU and wall time of each sweep by each server."""
    found: dict[str, list[Figure]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        agent_port = stack.enter_context(snmpd(folder))
        servers = {"wanwatch": stack.enter_context(daemon(folder))}
        if shutil.which("prometheus-snmp-exporter"):
            servers["snmp_exporter"] = stack.enter_context(exporter(folder))
        for run in range(runs + 1):
            for module in MODULES:
                for name, (port, pid) in servers.items():
                    figure = await scraped(port, pid, module, agent_port)
                    if run:  # the first one is for learning
                        found.setdefault(f"{module}, {name}", []).append(figure)
    return [summary(what, figures) for what, figures in found.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    print("| `/snmp` of 3,400 addresses, 50 at a time | CPU s | µs a node | wall s | runs |")
    print("|---|---|---|---|---|")
    for figure in asyncio.run(measure(parser.parse_args().runs)):
        print(figure.row())


if __name__ == "__main__":
    main()
