"""A module's requests: what is got, what is walked, and which rows of it are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from collector.modules.text import wording
from collector.snmp import ber
from collector.snmp.room import MOST_BINDS
from configs.module import Filter, Module

filter_text = wording("DisplayString")


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Of `targets`, only rows whose value under `oid` matches one of `wanted`. OIDs as octets."""

    oid: bytes
    targets: tuple[bytes, ...]
    wanted: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, filter_: Filter) -> RowFilter:
        """Raises ValueError for an OID or regular expression that is none."""
        return cls(
            ber.subtree(filter_.oid),
            tuple(map(ber.subtree, filter_.targets)),
            tuple(re.compile(value, re.ASCII) for value in filter_.values),
        )

    def rows(self, values: Mapping[bytes, ber.Value]) -> list[bytes]:
        """The last sub-identifiers, as octets, of what was found and is wanted."""
        texts = ((oid, filter_text(value)) for oid, value in values.items())
        return [
            oid[len(ber.parent(oid)) :]
            for oid, text in texts
            if any(pattern.search(text) for pattern in self.wanted)
        ]


class Question(NamedTuple):
    """Instances and subtrees, as octets."""

    gets: tuple[bytes, ...]
    walks: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What a module asks for when nothing is filtered, and its filters. `ordered`: rows out of
    order are not believed."""

    question: Question
    filters: tuple[RowFilter, ...]
    repetitions: int
    ordered: bool

    @classmethod
    def of(cls, module: Module) -> Request:
        """Raises ValueError for an OID or regular expression that is none."""
        question = Question(
            tuple(ber.encode_oid(ber.parse_oid(oid)) for oid in module.get),
            tuple(map(ber.subtree, module.walk)),
        )
        most = min(module.max_repetitions or MOST_BINDS, MOST_BINDS)
        filters = tuple(map(RowFilter.of, module.filters))
        return cls(question, filters, most, not module.allow_nonincreasing_oids)

    def narrowed(self, answered: Iterable[tuple[RowFilter, list[bytes]]]) -> Question:
        """What is asked for once the filters have been answered: of a target with several, the
        rows that all of them want."""
        gets, walks = self.question
        rows_of: dict[bytes, list[bytes]] = {}
        for filter_, rows in answered:
            for target in filter_.targets:
                known = rows_of.get(target)
                rows_of[target] = rows if known is None else [row for row in known if row in rows]
        gets = tuple(oid for oid in gets if not oid.startswith(tuple(rows_of)))
        gets += tuple(target + row for target, rows in rows_of.items() for row in rows)
        return Question(gets, tuple(oid for oid in walks if oid not in rows_of))
