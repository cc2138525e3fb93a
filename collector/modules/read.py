"""Reads what a module asks for from any device, in the inventory or not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from collector.errors import SnmpError
from collector.modules.request import Question, Request
from collector.snmp.engine import Found, SnmpEngine
from collector.snmp.repeat import Steps
from collector.snmp.target import Target

KNOWN = 10_000  # targets whose engine id, sizes and row counts are remembered


class ModuleReader:
    """Asks through an engine of its own, because what it learns of strangers is forgotten again."""

    def __init__(self, engine: SnmpEngine) -> None:
        self._engine = engine
        self._busy: dict[str, int] = {}
        self._known: OrderedDict[str, dict[Question, tuple[int, ...]]] = OrderedDict()

    async def read(self, target: Target, request: Request, steps: Steps | None = None) -> Found:
        """Everything that the module asks for; `steps` repeat what was heard the last time. Raises
        SnmpError, AddressError, QuestionError."""
        with self._using(target.node) as rows_of:
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
                target,
                *question,
                request.repetitions,
                rows_of.get(question),
                ordered=request.ordered,
                steps=steps,
            )
            if request.filters:
                return found._replace(sent=sent + found.sent, lost=lost + found.lost, heard=())
            if found.numbers is None:
                rows_of[question] = found.rows
            return found

    @contextmanager
    def _using(self, node: str) -> Iterator[dict[Question, tuple[int, ...]]]:
        """How many rows a node had the last time, by question. What is known of it is kept at
        least as long as it is asked; of too many nodes, the oldest is forgotten."""
        self._busy[node] = self._busy.get(node, 0) + 1
        known = self._known.setdefault(node, {})
        self._known.move_to_end(node)
        try:
            yield known
        finally:
            self._busy[node] -= 1
            if not self._busy[node]:
                del self._busy[node]
            oldest = next(iter(self._known))
            if len(self._known) > KNOWN and oldest not in self._busy:
                del self._known[oldest]
                self._engine.forget(oldest)
