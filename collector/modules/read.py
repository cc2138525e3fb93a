"""Reads what a module asks for from any device, in the inventory or not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from collector.errors import SnmpError
from collector.modules.request import Request
from collector.snmp.engine import Found, SnmpEngine
from collector.snmp.target import Target

KNOWN = 10_000  # targets whose engine id and sizes are remembered


class ModuleReader:
    """Asks through an engine of its own, because what it learns of strangers is forgotten again."""

    def __init__(self, engine: SnmpEngine) -> None:
        self._engine = engine
        self._busy: dict[str, int] = {}
        self._known: OrderedDict[str, None] = OrderedDict()

    async def read(self, target: Target, request: Request) -> Found:
        """Everything that the module asks for. Raises SnmpError, AddressError, QuestionError."""
        with self._using(target.node):
            sent = lost = 0
            rows = []
            for filter_ in request.filters:
                try:
                    column = await self._engine.read(target, (), (filter_.oid,))
                except SnmpError:
                    continue  # as if there were no such filter; the rest tells if nobody answers
                sent += column.sent
                lost += column.lost
                rows.append((filter_, filter_.rows(column.values)))
            question = request.narrowed(rows) if rows else request.question
            found = await self._engine.read(
                target, question.gets, question.walks, request.repetitions
            )
            return Found(found.values, sent + found.sent, lost + found.lost)

    @contextmanager
    def _using(self, node: str) -> Iterator[None]:
        """Keeps what is known of a node while it is asked; of too many, the oldest is forgotten."""
        self._busy[node] = self._busy.get(node, 0) + 1
        self._known[node] = None
        self._known.move_to_end(node)
        try:
            yield
        finally:
            self._busy[node] -= 1
            if not self._busy[node]:
                del self._busy[node]
            for oldest in list(self._known)[: max(0, len(self._known) - KNOWN)]:
                if oldest not in self._busy:
                    del self._known[oldest]
                    self._engine.forget(oldest)
