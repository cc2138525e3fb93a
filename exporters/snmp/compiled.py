"""A module compiled: its requests, and what makes samples of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collector.modules.request import Request
from collector.snmp import ber
from collector.snmp.ber import Value
from configs.module import Module
from exporters.snmp.emit import Bind, Write, emitter
from exporters.snmp.labels import Labeller, Row
from exporters.snmp.page import Page

PLAIN = frozenset(("counter", "gauge", "Float", "Double"))


@dataclass(frozen=True, slots=True)
class Emitter:
    """What becomes of values below one OID. Metrics with the same indexes and lookups share their
    `labeller`."""

    stem: bytes
    bind: Bind
    labeller: Labeller
    plain: bool  # one sample a value, whose number it is


class CompiledModule:
    """Raises ValueError for an OID or a regular expression that is none."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.request = Request.of(module)
        labellers: dict[str, Labeller] = {}
        self._emitters: dict[bytes, Emitter] = {}
        for metric in module.metrics:  # of several with one OID the last counts
            layout = repr((metric.indexes, metric.lookups))
            if layout not in labellers:
                labellers[layout] = Labeller(metric.indexes, metric.lookups)
            stem = ber.encode_oid(ber.parse_oid(metric.oid))
            bind = emitter(metric, stem, labellers[layout])
            plain = metric.type in PLAIN
            self._emitters[stem] = Emitter(stem, bind, labellers[layout], plain)
        columns = (column for labeller in labellers.values() for column in labeller.columns)
        self._looked_up = tuple(column.oid for column in columns)

    def emit(self, values: Mapping[bytes, Value], page: Page) -> None:
        """Puts the samples of all values on the page."""
        bound: dict[bytes, tuple[Write, Callable[[bytes], Row]]] = {}
        labels_of: dict[Labeller, Callable[[bytes], Row]] = {}
        stem: bytes | None = None
        for oid, value in values.items():
            if stem is None or not oid.startswith(stem):
                stem = self._stem_of(oid)
                if stem is None:
                    continue
                if stem not in bound:
                    each = self._emitters[stem]
                    if each.labeller not in labels_of:
                        labels_of[each.labeller] = each.labeller.bound(values)
                    bound[stem] = each.bind(page, values), labels_of[each.labeller]
                write, labels = bound[stem]
            if value is not None:
                index = oid[len(stem) :]
                write(index, value, labels(index))

    def changing(self, values: Mapping[bytes, Value]) -> set[bytes]:
        """The OIDs of numbers that become a sample's value and nothing else."""
        found: set[bytes] = set()
        stem: bytes | None = None
        plain = False
        for oid, value in values.items():
            if stem is None or not oid.startswith(stem):
                stem = self._stem_of(oid)
                plain = stem is not None and self._emitters[stem].plain
            if plain and isinstance(value, int) and not oid.startswith(self._looked_up):
                found.add(oid)
        return found

    def _stem_of(self, oid: bytes) -> bytes | None:
        """The shortest OID of a metric that this one is, or lies below."""
        for end, octet in enumerate(oid, 1):
            if octet < 0x80 and oid[:end] in self._emitters:
                return oid[:end]
        return None
