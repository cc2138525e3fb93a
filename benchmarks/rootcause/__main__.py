"""Prints the tables of docs/rootcause.md.

usage: python -m benchmarks.rootcause [--seed 1] [--cases 40] [--graphs FOLDER]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rootcause.baselines import RIVALS
from benchmarks.rootcause.injection import LEVELS, Case, Noise, inject
from benchmarks.rootcause.metrics import judge, row
from benchmarks.rootcause.shapes import graphml, national

GRAPHS = Path(__file__).parents[2].parent / "shared" / "realdata" / "topology-zoo" / "graphml"


def cases(seed: int, count: int, noise: Noise, graphs: list[Path]) -> Iterator[Case]:
    """The national WAN and, where there are any, graphs, in turn."""
    rng = random.Random(seed)
    for number in range(count):
        path = rng.choice(graphs) if graphs and number % 2 else None
        sketch = graphml(path, rng) if path else national(rng)
        yield inject(sketch.inventory(rng), rng, noise)


def main(seed: int = 1, count: int = 40, folder: Path = GRAPHS) -> str:
    """One table a level of noise, a row a rival."""
    graphs = sorted(folder.glob("*.graphml"))
    parts = []
    for level, noise in LEVELS.items():
        scores = {rival: [] for rival in RIVALS}
        for case in cases(seed, count, noise, graphs):
            for rival, verdict in RIVALS.items():
                scores[rival].append(judge(case, verdict(case)))
        rows = {rival: row(of) for rival, of in scores.items()}
        columns = list(next(iter(rows.values())))
        parts.append(f"**{level}**\n\n| {' | '.join(['method', *columns])} |")
        parts[-1] += "\n|---" + "|---:" * len(columns) + "|"
        for rival, figures in rows.items():
            parts[-1] += f"\n| {rival} | {' | '.join(figures.values())} |"
    return "\n\n".join(parts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=40, help="per level of noise")
    parser.add_argument("--graphs", type=Path, default=GRAPHS)
    given = parser.parse_args()
    print(main(given.seed, given.cases, given.graphs))
