"""A walk in pages: one answer's worth of a subtree at a time, as it came, so that a device of any
size is read in the same memory and others get their turn between two pages."""

from __future__ import annotations

from typing import NamedTuple

from collector.snmp import ber
from collector.snmp.dialogue import WalkDialogue
from collector.snmp.message import Bind
from collector.snmp.room import Room
from collector.snmp.walk import Column, Walk

ENDLESS = 2**31  # rows: as many are asked for as there is room in an answer


class Row(NamedTuple):
    """One object: OID and value as content octets."""

    oid: bytes
    tag: int
    content: bytes


class Page(NamedTuple):
    """Rows in order; `done` when nothing follows them below the root."""

    rows: list[Row]
    done: bool


class PageWalk(Walk):
    """The part of a subtree that one answer holds, behind the OID `after`, `most` rows of it."""

    def __init__(self, root: bytes, after: bytes, most: int, *, room: Room, bulk: bool) -> None:
        super().__init__(
            (), [root], (), room=room, bulk=bulk, rows=[ENDLESS], repetitions=min(room.most, most)
        )
        self.column = self.columns[0]
        self.column.start = after[len(root) :]
        self.column.last = ber.decode_subids(self.column.start)
        self.rows: list[Row] = []

    def page(self) -> Page:
        return Page(self.rows, self.column.done)

    def _store(
        self, column: Column, rows: list[Bind], last: ber.Oid, done: bool, payload: bytes
    ) -> None:
        self.rows += [Row(oid, tag, payload[start:stop]) for oid, tag, start, stop in rows]
        column.last = last
        column.done = done


class PageDialogue(WalkDialogue):
    """Ends with the first answer that held something."""

    walk: PageWalk

    @property
    def finished(self) -> bool:
        return bool(self.walk.rows) or self.walk.column.done
