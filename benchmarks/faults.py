"""Cuts and heals on the whole national WAN: pages against faults, and the time from cut to page.

Twenty random faults in a row; during one the receiver answers 500 for a minute, during another the
daemon is killed with -9 between the cut and the page.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

from configs.inventory import Inventory, SiteKind
from configs.loader import load
from lab.control import request
from wanwatch.demo import Demo, DemoOptions, running

FAULTS = 20
PATIENCE_S = 90.0
SETTLE_S = 20.0  # all values polled, second looks done
QUIET_S = 6.0  # long enough for a page too many to show itself
BROKEN_FAULT, KILLED_FAULT = 7, 13
BROKEN_S = 60.0


class Pages:
    """The pages that the stand-in pager wrote down."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "pages.jsonl"

    def all(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]

    def wait(self, count: int, patience_s: float = PATIENCE_S) -> list[dict[str, Any]]:
        """All pages as soon as there are `count`, or what there is when patience ends."""
        deadline = time.monotonic() + patience_s
        while len(pages := self.all()) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return pages


def candidates(inventory: Inventory, rng: random.Random) -> list[str]:
    """Faults whose page anyone would expect: whole hubs, communes, core routers, groups."""
    hubs = [f"site:{s.id}" for s in inventory.sites.values() if s.kind is SiteKind.HUB]
    communes = [f"site:{s.id}" for s in inventory.sites.values() if s.kind is SiteKind.COMMUNE]
    groups = [f"group:{g.id}" for g in inventory.groups.values()]
    routers = [f"node:{n.id}" for n in inventory.nodes.values() if n.role == "hub"]
    pools = (hubs, hubs, communes, groups, routers)
    return [rng.choice(rng.choice(pools)) for _ in range(FAULTS)]


def kill_and_restart(demo: Demo) -> None:
    """Ends the daemon with -9 and starts it again, as a supervisor would."""
    process = demo.parts["daemon"].process
    process.kill()
    process.wait()
    demo.start_daemon()


def main() -> str:
    """A markdown table: pages per fault, lost, extra, median time from cut to page."""
    rng = random.Random(1)
    delays: list[float] = []
    tally: Counter[str] = Counter()
    with running(DemoOptions()) as demo:
        time.sleep(SETTLE_S)
        pages = Pages(demo.folder)
        faults = candidates(load(demo.folder / "wanwatch.yaml").inventory, rng)
        for number, fault in enumerate(faults):
            before = len(pages.all())
            cut = time.time()
            request(demo.folder, {"do": "fail", "what": [fault]})
            if number == BROKEN_FAULT:
                (demo.folder / "pager.broken").touch()
                time.sleep(BROKEN_S)
                (demo.folder / "pager.broken").unlink()
            if number == KILLED_FAULT:
                time.sleep(1.0)
                kill_and_restart(demo)
            fired = pages.wait(before + 1)[before:]
            if fired and number not in (BROKEN_FAULT, KILLED_FAULT):
                delays.append(fired[0]["at"] - cut)
            time.sleep(QUIET_S)
            fired = pages.all()[before:]
            request(demo.folder, {"do": "heal", "what": [fault]})
            pages.wait(before + len(fired) + 1)
            time.sleep(QUIET_S)
            resolved = pages.all()[before + len(fired) :]
            tally["faults"] += 1
            tally["firing"] += sum(p["body"]["status"] == "firing" for p in fired)
            tally["resolved"] += sum(p["body"]["status"] == "resolved" for p in resolved)
            tally["lost"] += not fired or not resolved
            tally["extra"] += max(0, len(fired) - 1) + max(0, len(resolved) - 1)
            print(fault, len(fired), len(resolved), [round(d, 1) for d in delays[-1:]], flush=True)
    columns = {
        "faults": tally["faults"],
        "pages firing": tally["firing"],
        "pages resolved": tally["resolved"],
        "lost": tally["lost"],
        "extra": tally["extra"],
        "median cut to page": f"{statistics.median(delays):.1f} s",
        "slowest": f"{max(delays):.1f} s",
    }
    return "\n".join(
        [
            f"| {' | '.join(columns)} |",
            "|---" * len(columns) + "|",
            f"| {' | '.join(map(str, columns.values()))} |",
        ]
    )


if __name__ == "__main__":
    print(main())
