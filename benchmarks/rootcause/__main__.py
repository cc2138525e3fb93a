"""Prints the table of docs/rootcause.md.

usage: python -m benchmarks.rootcause [--seed 1] [--cases 40] [--graphs FOLDER]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rootcause.baselines import RIVALS
from benchmarks.rootcause.injection import LEVELS, Case, Noise, chosen, inject
from benchmarks.rootcause.metrics import Score, judge, summary
from benchmarks.rootcause.shapes import graphml, national

GRAPHS = Path(__file__).parents[2].parent / "shared" / "realdata" / "topology-zoo" / "graphml"


def cases(seed: int, count: int, noise: Noise, graphs: list[Path]) -> Iterator[Case]:
    """The national WAN and, where there are any, graphs, in turn."""
    rng = random.Random(seed)
    for number in range(count):
        path = rng.choice(graphs) if graphs and number % 2 else None
        sketch = graphml(path, rng) if path else national(rng)
        inventory = sketch.inventory(rng)
        yield inject(inventory, rng, noise, chosen(inventory, rng))


def main(seed: int = 1, count: int = 40, folder: Path = GRAPHS) -> str:
    """One table: a row a rival, a column a level of noise, and totals over all of them."""
    graphs = sorted(folder.glob("*.graphml"))
    scores = {rival: {level: list[Score]() for level in LEVELS} for rival in RIVALS}
    for level, noise in LEVELS.items():
        for case in cases(seed, count, noise, graphs):
            for rival, verdict in RIVALS.items():
                scores[rival][level].append(judge(case, verdict(case)))
    columns = ["recall / precision / pages per fault", *LEVELS, "suppressed", "exact"]
    lines = [
        f"| {' | '.join(columns)} |",
        "|---" + "|---:" * (len(LEVELS) + 2) + "|",
    ]
    for rival, by_level in scores.items():
        cells = [summary(of) for of in by_level.values()]
        every = [score for of in by_level.values() for score in of]
        cells.append(f"{sum(s.missed for s in every)} of {sum(s.distinct for s in every)}")
        cells.append(f"{sum(s.exact for s in every) / len(every):.0%}")
        lines.append(f"| {rival} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=40, help="per level of noise")
    parser.add_argument("--graphs", type=Path, default=GRAPHS)
    given = parser.parse_args()
    print(main(given.seed, given.cases, given.graphs))
