"""Minimum cuts of small flow networks (Dinic's algorithm)."""

from __future__ import annotations

from collections import deque

EPSILON = 1e-9


class Flow:
    """A flow network over nodes 0 .. n-1, with 0 the source and 1 the sink."""

    def __init__(self) -> None:
        self._arcs: list[list[int]] = [[], []]
        self._to: list[int] = []
        self._room: list[float] = []

    def node(self) -> int:
        """A new node."""
        self._arcs.append([])
        return len(self._arcs) - 1

    def arc(self, tail: int, head: int, capacity: float) -> None:
        if tail == head or capacity <= 0:
            return
        for start, end, room in ((tail, head, capacity), (head, tail, 0.0)):
            self._arcs[start].append(len(self._to))
            self._to.append(end)
            self._room.append(room)

    def sink_side(self) -> bytearray:
        """1 for each node on the sink's side of the minimum cut that is nearest to the sink."""
        level = self._levels()
        while level[1] >= 0:
            turn = [0] * len(self._arcs)
            while self._push(level, turn):
                pass
            level = self._levels()
        side = bytearray(len(self._arcs))
        side[1] = 1
        stack = [1]
        while stack:
            for arc in self._arcs[stack.pop()]:
                tail = self._to[arc]
                if not side[tail] and self._room[arc ^ 1] > EPSILON:
                    side[tail] = 1
                    stack.append(tail)
        return side

    def _levels(self) -> list[int]:
        level = [-1] * len(self._arcs)
        level[0] = 0
        queue = deque([0])
        while queue:
            node = queue.popleft()
            for arc in self._arcs[node]:
                head = self._to[arc]
                if level[head] < 0 and self._room[arc] > EPSILON:
                    level[head] = level[node] + 1
                    queue.append(head)
        return level

    def _push(self, level: list[int], turn: list[int]) -> bool:
        """Whether one more path to the sink was found and filled."""
        path: list[int] = []
        node = 0
        while node != 1:
            arcs = self._arcs[node]
            while turn[node] < len(arcs):
                arc = arcs[turn[node]]
                if level[self._to[arc]] == level[node] + 1 and self._room[arc] > EPSILON:
                    path.append(arc)
                    node = self._to[arc]
                    break
                turn[node] += 1
            else:
                if not path:
                    return False
                node = self._to[path.pop() ^ 1]
                turn[node] += 1
        room = min(self._room[arc] for arc in path)
        for arc in path:
            self._room[arc] -= room
            self._room[arc ^ 1] += room
        return True
