"""A module compiled into what is asked and how the answers are laid out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from collector.sample import Layout, Series
from collector.snmp import ber
from collector.snmp.walk import Walk
from configs.module import Metric, Module


class Kind(Enum):
    """How a value is given. OCTETS are texts 0x…, whether they could be UTF-8 or not."""

    NUMBER = 1
    TEXT = 2
    OCTETS = 3


NUMBERS = frozenset(("gauge", "counter", "Float", "Double", "EnumAsInfo", "EnumAsStateSet"))
TEXTS = frozenset(("DisplayString", "IpAddr", "ParseDateAndTime"))


def kind_of(type_: str) -> Kind:
    """The kind of a metric's or lookup's type, in snmp_exporter's words."""
    if type_ in NUMBERS:
        return Kind.NUMBER
    return Kind.TEXT if type_ in TEXTS else Kind.OCTETS


class Object(NamedTuple):
    """Something to read: `oid` is asked for, what lies behind `stem` is the index in the layout
    (both as octets)."""

    oid: bytes
    stem: bytes
    name: str
    kind: Kind

    def series(self, oid: bytes) -> Series:
        """The series of one instance of this object; without a stem it is a scalar."""
        return Series(self.name, ber.decode_subids(oid[len(self.stem) :]) if self.stem else ())


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Shape:
    """Which objects a node turned out to have. `slots`: OID octets to the place in the layout's
    numbers (0, 1, …) or texts (-1, -2, …); `kinds` belong to the texts; `blank` are the numbers
    before anything is read. Nodes with the same objects share one."""

    layout: Layout
    slots: dict[bytes, int]
    kinds: tuple[Kind, ...]
    blank: NDArray[np.float64]

    def series(self, oid: bytes) -> Series | None:
        """What stands for an object, None for one that is not there."""
        slot = self.slots.get(oid)
        if slot is None:
            return None
        return self.layout.numbers[slot] if slot >= 0 else self.layout.texts[-slot - 1]


class Plan:
    """What to ask for one module. `gets` and `roots` are OIDs as octets; `tables` groups the
    positions of roots that share their rows. Of several objects with one OID the last counts.
    `exact`: instances are asked for by GET, all of them in as few requests as they fit in, and
    have their place in the layout whether they are there or not."""

    def __init__(
        self,
        name: str,
        gets: Iterable[Object],
        columns: Iterable[Object],
        *,
        exact: bool = False,
    ) -> None:
        self.name = name
        self.exact = exact
        self._gets = tuple({get.oid: get for get in gets}.values())
        self._columns = tuple({column.oid: column for column in columns}.values())
        self.gets = tuple(get.oid for get in self._gets)
        self.roots = tuple(column.oid for column in self._columns)
        tables: dict[bytes, list[int]] = {}
        for position, root in enumerate(self.roots):
            tables.setdefault(ber.parent(root), []).append(position)
        self.tables = tuple(map(tuple, tables.values()))
        self._shapes: WeakValueDictionary[tuple[bytes, ...], Shape] = WeakValueDictionary()

    @classmethod
    def of(cls, module: Module) -> Plan:
        """The plan that reads every metric of a module, and every column that its lookups need,
        as far as they are below the module's `walk` and `get`.

        Columns needed only by a lookup are named by their OID in dotted decimals. Raises
        ValueError for an OID that is none.
        """
        walks = [ber.subtree(oid) for oid in module.walk]
        instances = [ber.encode_oid(ber.parse_oid(oid)) for oid in module.get]
        gets: list[Object] = []
        columns: list[Object] = []
        for wanted in objects(module.metrics):
            inside = any(wanted.oid.startswith(root) for root in walks)
            if inside and not wanted.stem:
                gets.append(wanted)
            elif inside:
                columns.append(wanted)
            else:
                columns += (
                    wanted._replace(oid=root) for root in walks if root.startswith(wanted.oid)
                )
            gets += (wanted._replace(oid=oid) for oid in instances if oid.startswith(wanted.oid))
        return cls(module.name, gets, columns)

    def shape(self, walk: Walk) -> Shape:
        """The shape of what a finished walk found; the same object for the same objects."""
        key = (
            bytes(self.exact or single.here for single in walk.singles),
            *(b"\x80".join(column.indexes) for column in walk.columns),  # 0x80 begins no index
        )
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = self._new_shape(walk)
        return shape

    def _new_shape(self, walk: Walk) -> Shape:
        numbers: list[Series] = []
        texts: list[Series] = []
        slots: dict[bytes, int] = {}
        kinds: list[Kind] = []
        # Tables of other lengths have the same rows but for the last: one series serves them all.
        # A snapshot, since a thread may be finding another one (`values` would go along with it).
        known = [shape for ref in self._shapes.valuerefs() if (shape := ref()) is not None]
        like = max(known, key=lambda shape: len(shape.slots), default=None)

        def place(oid: bytes, object_: Object) -> None:
            series = object_.series(oid)
            if like is not None and (same := like.series(oid)) == series:
                series = same
            if object_.kind is Kind.NUMBER:
                slots[oid] = len(numbers)
                numbers.append(series)
            else:
                texts.append(series)
                kinds.append(object_.kind)
                slots[oid] = -len(texts)

        for get, single in zip(self._gets, walk.singles, strict=True):
            if self.exact or single.here:
                place(get.oid, get)
        for object_, column in zip(self._columns, walk.columns, strict=True):
            for octets in column.indexes:
                place(column.root + octets, object_)
        layout = Layout(self.name, tuple(numbers), tuple(texts))
        return Shape(layout, slots, tuple(kinds), np.full(len(numbers), np.nan))


def objects(metrics: Iterable[Metric]) -> Iterator[Object]:
    """The objects that metrics and their lookups stand for; metrics last, since the last counts."""
    for metric in metrics:
        for lookup in metric.lookups:
            if lookup.oid:
                oid = ber.encode_oid(ber.parse_oid(lookup.oid))
                name = lookup.oid.removeprefix(".")
                yield Object(oid, oid, name, kind_of(lookup.type))
    for metric in metrics:
        oid = ber.encode_oid(ber.parse_oid(metric.oid))
        if metric.indexes:
            yield Object(oid, oid, metric.name, kind_of(metric.type))
        else:
            instance = oid if ber.is_instance_zero(oid) else oid + b"\0"
            yield Object(instance, b"", metric.name, kind_of(metric.type))


def text(value: ber.Value, kind: Kind) -> str:
    """A value as it stands in `Readings.texts`; many nodes say the same."""
    if not isinstance(value, bytes):
        return "" if value is None else str(value)
    if kind is Kind.TEXT:
        try:
            return sys.intern(value.decode())
        except UnicodeDecodeError:
            pass
    return f"0x{value.hex()}"
