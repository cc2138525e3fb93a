"""A wheel of due times: every node comes by once per interval, at a place of its own."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Collection
from hashlib import blake2b


def phase(kind: str, node: str) -> float:
    """Where on the wheel a node stands, 0.0 .. 1.0: the same in every process and after every
    reload, and different for each kind of errand."""
    digest = blake2b(f"{kind}\0{node}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


class Wheel:
    """Nodes spread over an interval. Nothing is queued: to take what is due is to move a cursor.

    `missed` counts the turns that nobody came to take, since being late by a whole interval is
    not made good with a burst.
    """

    def __init__(self, kind: str, interval_s: float, now: float) -> None:
        self._kind = kind
        self.interval_s = interval_s
        self._nodes: list[str] = []
        self._offsets = array("d")
        self._turn = math.floor(now / interval_s)
        self._cursor = 0
        self._taken_to = now
        self.missed = 0

    def __len__(self) -> int:
        return len(self._nodes)

    def replace(self, nodes: Collection[str]) -> None:
        """Other nodes from now on; whoever stays keeps its due times."""
        placed = sorted((phase(self._kind, node) * self.interval_s, node) for node in nodes)
        self._offsets = array("d", [offset for offset, _ in placed])
        self._nodes = [node for _, node in placed]
        self._seek(self._taken_to)

    def next_at(self) -> float:
        """When the next node is due; infinity when there is none."""
        if not self._nodes:
            return math.inf
        return self._turn * self.interval_s + self._offsets[self._cursor]

    def take(self, now: float) -> list[tuple[str, float]]:
        """(node, due since) for all that have come due since the last call, in order."""
        if not self._nodes or now < self._taken_to:
            return []
        if now - self._taken_to > self.interval_s:
            behind = now - self.interval_s
            self.missed += self._count(self._taken_to, behind)
            self._seek(behind)
        taken = []
        while (due_at := self.next_at()) <= now:
            taken.append((self._nodes[self._cursor], due_at))
            self._advance()
        self._taken_to = now
        return taken

    def _advance(self) -> None:
        self._cursor += 1
        if self._cursor == len(self._nodes):
            self._cursor = 0
            self._turn += 1

    def _seek(self, moment: float) -> None:
        """Puts the cursor on the first node that is due after a moment."""
        self._turn = math.floor(moment / self.interval_s)
        self._cursor = bisect_right(self._offsets, moment - self._turn * self.interval_s)
        if self._cursor == len(self._offsets):
            self._cursor = 0
            self._turn += 1

    def _count(self, start: float, end: float) -> int:
        """How many due times lie after `start` and up to `end`."""
        return self._place(end) - self._place(start)

    def _place(self, moment: float) -> int:
        turn = math.floor(moment / self.interval_s)
        return turn * len(self._nodes) + bisect_right(
            self._offsets, moment - turn * self.interval_s
        )
