"""All benchmarks, one after the other; what they print is docs/benchmarks.md. `make bench`"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

TARGET = Path(__file__).parents[1] / "docs" / "benchmarks.md"

# module: (heading, what to know when reading it)
SECTIONS = {
    "sweep": (
        "A sweep of the fleet",
        "3,400 addresses × 82 varbinds (10 scalars, 12 columns × 6 interfaces), CPU seconds of the "
        "client process, settled, taken in turns. Aims: ≤ 0.8 s v2c and ≤ 1.1 s v3 authPriv up to "
        "the metrics text, a quarter of snmp_exporter's CPU, ≤ 4.5 s wall with dead nodes.",
    ),
    "icmp": ("An ICMP sweep", "3,400 loopback addresses, beside fping. Aim: ≤ 0.5 s wall."),
    "metrics": ("`/metrics`", "The whole fleet, beside prometheus-client. Aim: ≤ 0.5 s."),
    "scrape": (
        "`/snmp`",
        "The same modules beside snmp_exporter, 50 connections that stay open and take gzip, as "
        "Prometheus' do, over 3,400 addresses. Aims: a third of its CPU, no slower. `scalars` is "
        "ten values, `v2c` and `v3` are 82 of six interfaces, `if_mib` is the published module.",
    ),
    "lab_rate": (
        "The lab",
        "Answers on one core, so that it is not the thing measured: ≥ 10,000/s.",
    ),
    "idle": (
        "The national WAN, idle",
        "Reachability every 2 s, counters every 30 s, vital signs every minute; once every device "
        "was surveyed, which the daemon takes its time for after each start. "
        "`python -m benchmarks.idle --hour` stays for the memory of an hour of history, and "
        "scrapes everything meanwhile.",
    ),
    "whole": (
        "A device of 20,000 interfaces",
        "The daemon on all hubs and 200 communes, with and without such a device, 40 s each, then "
        "while `wanwatch record` walks all its 740,005 objects. Aim: no timeout, nobody else's "
        "looks put off.",
    ),
    "diagnosis": (
        "Diagnosis",
        "Root causes on networks of the shape of the nation, milliseconds of CPU, medians of five. "
        "Aims: ≤ 200 ms for 3,400 nodes, ≤ 5 s for 100,000, and the loop held for no more than "
        "50 ms while 3,400 symptoms come within a second.",
    ),
    "faults": (
        "Faults to pages",
        "Random cuts and heals on the national WAN; during one the receiver answers 500 for a "
        "minute, during another the daemon is killed with -9. Aims: pages = faults, ≤ 5 s.",
    ),
    "soak": (
        "Overlapping faults",
        "200 random sequences of one to three faults (nodes, links, sites, risk groups) that "
        "overlap in time and space and heal in any order, ten provinces at once on the national "
        "WAN; the lab's ground truth says which faults can be told apart, and which page names "
        "which. Aims: pages = distinguishable faults, nothing suppressed, no page for what heals, "
        "≤ 3 s.",
    ),
}


def machine() -> str:
    """What it ran on, in one line."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, wanwatch {version('wanwatch')}, Python "
        f"{platform.python_version()}, {os.cpu_count()} cores, Linux {platform.release()}."
    )


def fenced(text: str) -> str:
    """Tables as they are, other output as a block of code."""
    text = text.strip()
    return text if text.startswith("|") else f"```\n{text}\n```"


def page(results: Mapping[str, str]) -> str:
    """docs/benchmarks.md from what the sections printed."""
    parts = [
        "# Benchmarks",
        "Written by `make bench`. Medians of interleaved runs; the machine is shared and noisy, so "
        "ratios within a table say more than single figures.",
        machine(),
    ]
    for name, printed in results.items():
        heading, note = SECTIONS[name]
        parts += [f"## {heading}", note, fenced(printed)]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Runs every section, or those named, and writes docs/benchmarks.md when all were run."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    wanted = parser.parse_args().sections or list(SECTIONS)
    if unknown := [name for name in wanted if name not in SECTIONS]:
        parser.error(f"no such section: {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    results: dict[str, str] = {}
    for name in wanted:
        print(f"== {SECTIONS[name][0]}", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        results[name] = run.stdout
        print(run.stdout, flush=True)
    if wanted == list(SECTIONS):
        TARGET.write_text(page(results), "utf-8")
        print("written to docs/benchmarks.md", file=sys.stderr)


if __name__ == "__main__":
    main()
