"""A module: what to ask a kind of device and how to name the answers (snmp_exporter's words)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Index:
    """One part of a table's index: `type` as in snmp_exporter (gauge, InetAddress, ...)."""

    labelname: str
    type: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A label read from another column of the same table: `labels` are the index parts that
    select its row."""

    labels: tuple[str, ...]
    labelname: str
    oid: str
    type: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A column (with `indexes`) or a scalar (without; `oid` then ends in its instance, `.0`)."""

    name: str
    oid: str
    type: str
    help: str = ""
    indexes: tuple[Index, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    enum_values: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Module:
    """OIDs are dotted decimals without a leading dot. `walk`: subtrees; `get`: instances."""

    name: str
    walk: tuple[str, ...]
    get: tuple[str, ...]
    metrics: tuple[Metric, ...]
