"""Labels of a table's rows: parts of the index, and what lookups find elsewhere."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from collector.modules.part import COMBINED, Reader, reader
from collector.modules.text import Wording, wording
from collector.snmp import ber
from collector.snmp.ber import MAX_SUBID, Oid, Value
from configs.module import Index, Lookup
from exporters.exposition import escaped
from exporters.snmp.number import whole

Values: TypeAlias = Mapping[bytes, Value]


class Row(NamedTuple):
    """`pairs` are `name="value"` of each label in the order of their names, `text` all of them."""

    pairs: tuple[str, ...]
    text: str

    def with_pair(self, place: int, name: str, value: str) -> str:
        """The text with one more label at this place."""
        pairs = self.pairs
        return ",".join((*pairs[:place], f'{name}="{escaped(value)}"', *pairs[place:]))


@dataclass(frozen=True, slots=True)
class Column:
    """Where a lookup looks: `oid` and the column before it, which may say of what type it is."""

    oid: bytes
    before: bytes | None
    labels: tuple[str, ...]
    label: str
    text: Wording
    by_type: Mapping[int, Wording]

    @classmethod
    def of(cls, lookup: Lookup) -> Column:
        oid = ber.encode_oid(ber.parse_oid(lookup.oid))
        text = wording(lookup.type, lookup.display_hint)
        if lookup.type == "EnumAsInfo" and lookup.enum_values:
            text = enum_wording(lookup.enum_values)
        return cls(
            oid, before(oid), lookup.labels, lookup.labelname, text, wordings_of(lookup.type)
        )

    def look(self, values: Values, parts: Mapping[str, Oid]) -> tuple[str, Oid] | None:
        """The text found for these parts of the index, and what stands for it in further lookups;
        None if there is nothing."""
        row = row_of([parts.get(label, ()) for label in self.labels])
        if row is None or self.oid + row not in values:
            return None
        value = values[self.oid + row]
        text = self.text
        if self.by_type and self.before is not None and self.before + row in values:
            text = self.by_type.get(whole(values[self.before + row]), text)
        return text(value), (whole(value),)


def wordings_of(type_: str) -> dict[int, Wording]:
    """How a value of a combined type reads, by what is said beside it; empty for other types."""
    return {kind: wording(real) for kind, real in COMBINED.get(type_, {}).items()}


def enum_wording(names: Mapping[int, str]) -> Wording:
    """What makes names of numbers."""

    def text(value: Value) -> str:
        plain = whole(value)
        return names.get(plain) or str(plain)

    return text


def before(oid: bytes) -> bytes | None:
    """The column before this one, None if it is the first."""
    parent = ber.parent(oid)
    (last,) = ber.decode_subids(oid[len(parent) :])
    return parent + ber.encode_subids((last - 1,)) if last else None


def row_of(parts: Sequence[Oid]) -> bytes | None:
    """The octets of a row's index; None if a part is missing or cannot be one."""
    subids = [subid for part in parts for subid in part]
    if not all(parts) or min(subids) < 0 or max(subids) > MAX_SUBID:
        return None
    return ber.encode_subids(subids)


class Labeller:
    """Makes the labels of rows with these indexes and lookups; `names` are those of the labels,
    in order, `columns` where the lookups look."""

    def __init__(self, indexes: Sequence[Index], lookups: Sequence[Lookup]) -> None:
        self._readers: list[tuple[str, Reader]] = [
            (
                index.labelname,
                reader(
                    index.type,
                    index.fixed_size,
                    implied=index.implied,
                    enum=index.enum_values,
                ),
            )
            for index in indexes
        ]
        self.columns = [Column.of(lookup) for lookup in lookups if lookup.labels]
        names = {name for name, _ in self._readers}
        for lookup in lookups:
            (names.add if lookup.labels else names.discard)(lookup.labelname)
        self.names = tuple(sorted(names))

    def place(self, name: str) -> int | None:
        """Where another label belongs; None if there is one of that name."""
        return None if name in self.names else bisect(self.names, name)

    def bound(self, values: Values) -> Callable[[bytes], Row]:
        """What gives the labels of a row among these values, by the octets of its index. Rows are
        labelled once, whatever the number of their columns."""
        known: dict[bytes, Row] = {}

        def labels(index: bytes) -> Row:
            row = known.get(index)
            if row is None:
                row = known[index] = self._row(index, values)
            return row

        return labels

    def _row(self, index: bytes, values: Values) -> Row:
        rest = ber.decode_subids(index)
        texts: dict[str, str] = {}
        parts: dict[str, Oid] = {}
        for name, read in self._readers:
            texts[name], parts[name], rest = read(rest)
        for column in self.columns:
            found = column.look(values, parts)
            texts[column.label] = ""
            if found is not None:
                texts[column.label], parts[column.label] = found
        pairs = tuple([f'{name}="{escaped(texts[name])}"' for name in self.names])
        return Row(pairs, ",".join(pairs))
