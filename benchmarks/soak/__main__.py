"""200 random sequences of faults and heals on the national WAN: pages against the truth.

Lab, daemon and a receiver run as in the demo; sequences run side by side in different provinces.

usage: python -m benchmarks.soak [--seed 1] [--sequences 200] [--communes 3321]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.faults import SETTLE_S
from benchmarks.soak.judge import Log, Page, Verdict, judge
from benchmarks.soak.lanes import Lanes
from benchmarks.soak.sequences import Maker
from benchmarks.soak.truth import Truth, target_of
from configs.inventory import Inventory
from configs.loader import load
from lab.control import request
from wanwatch.demo import Demo, DemoOptions, running

WIDTH = 10
LOOK_S, REST_S = 0.5, 0.02


class Pages:
    """Firing pages, as they come."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "pages.jsonl"
        self._read = 0

    def new(self) -> Iterator[Page]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                page = json.loads(line)
                labels = page["body"]["commonLabels"]
                if page["body"]["status"] == "firing":
                    root = target_of(labels["kind"], labels.get("root", ""))
                    yield Page(page["at"], labels["outage"], root)


def play(demo: Demo, inventory: Inventory, seed: int, count: int) -> Iterator[Log | Page]:
    """The logs of all sequences, and in the end the stray pages."""
    rng = random.Random(seed)
    maker = Maker(inventory, rng)
    rounds = count // len(maker.provinces) + 1
    provinces = [
        p for _ in range(rounds) for p in rng.sample(maker.provinces, len(maker.provinces))
    ]
    lanes, pages = Lanes(maker, provinces[:count], WIDTH), Pages(demo.folder)
    looked = 0.0
    with httpx.Client(base_url=demo.url, timeout=10.0) as client:
        while lanes:
            demo.check()
            for step in lanes.due(time.time()):
                request(demo.folder, {"do": step.do, "what": [step.target]})
            for page in pages.new():
                lanes.paged(page)
            if time.time() - looked > LOOK_S:
                looked = time.time()
                found = client.get("/api/v1/outages").raise_for_status().json()
                roots = {o["id"]: target_of(o["root"]["kind"], o["root"]["id"]) for o in found}
                lanes.saw(looked, roots)
            yield from lanes.finished(time.time())
            time.sleep(REST_S)
    yield from lanes.strays


def complain(log: Log, verdict: Verdict) -> None:
    """Says on stderr what was wrong with a sequence."""
    start = log.steps[0].at_s
    lines = [f"lost {verdict.lost}, stuck {verdict.stuck}"]
    lines += [f"{step.at_s - start:6.1f} {step.do} {step.target}" for step in log.steps]
    for page in sorted(log.pages, key=lambda page: page.at):
        word = "extra page" if page in verdict.extra + verdict.recovery else "page"
        lines.append(f"{page.at - start:6.1f} {word} {page.outage} {page.root}")
    for s in log.spells:
        lines.append(f"{s.since - start:6.1f} to {s.until - start:.1f} {s.outage} was {s.root}")
    print("\n".join(lines), file=sys.stderr, flush=True)


def table(verdicts: list[Verdict], strays: int) -> str:
    """One row in markdown."""
    delays = [delay for verdict in verdicts for delay in verdict.delays_s]
    hurtful = [delay for verdict in verdicts for delay in verdict.hurtful_s]
    columns = {
        "sequences": len(verdicts),
        "faults": sum(v.faults for v in verdicts),
        "distinguishable": sum(v.units for v in verdicts),
        "pages": sum(v.pages for v in verdicts) + strays,
        "suppressed roots": sum(len(v.lost) for v in verdicts),
        "false pages": sum(len(v.extra) for v in verdicts) + strays,
        "recovery pages": sum(len(v.recovery) for v in verdicts),
        "never resolved": sum(len(v.stuck) for v in verdicts),
        "median fault to page": f"{statistics.median(delays):.1f} s",
        "of those that hurt": f"{statistics.median(hurtful):.1f} s",
        "slowest": f"{max(delays):.1f} s",
    }
    return "\n".join(
        [
            f"| {' | '.join(columns)} |",
            "|---" * len(columns) + "|",
            f"| {' | '.join(map(str, columns.values()))} |",
        ]
    )


def main(seed: int = 1, count: int = 200, communes: int | None = None) -> str:
    """A markdown table of one row."""
    verdicts: list[Verdict] = []
    strays = 0
    with running(DemoOptions(communes, http_port=0)) as demo:
        inventory = load(demo.folder / "wanwatch.yaml").inventory
        truth = Truth(inventory)
        time.sleep(SETTLE_S)
        for log in list(play(demo, inventory, seed, count)):
            if isinstance(log, Page):
                print("stray page", log, file=sys.stderr, flush=True)
                strays += 1
                continue
            verdicts.append(judge(truth, log))
            if not verdicts[-1].right:
                complain(log, verdicts[-1])
    return table(verdicts, strays)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sequences", type=int, default=200)
    parser.add_argument("--communes", type=int, help="a smaller country, for a slower machine")
    given = parser.parse_args()
    print(main(given.seed, given.sequences, given.communes))
