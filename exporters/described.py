"""How a device's metric is exported: its family, and which labels its index becomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.validation import METRIC_NAME_RE

from configs.module import Metric, Module
from exporters.exposition import Family, Kind, label_pairs

# Ours and the Python client's own: no device may write among them.
RESERVED = ("wanwatch_", "process_", "python_")
OUR_LABELS = ("node", "site", "province", "role")

# Exported by value, not by row: `ifType_info` and its like are made by the drop-in `/snmp`.
_ENUMERATED = ("EnumAsInfo", "EnumAsStateSet")
_NUMBERS = ("gauge", "counter", "Float", "Double")


@dataclass(frozen=True, slots=True)
class Described:
    """`index`: label name and the number of index parts it takes, 0 for all that are left.
    `texts`: label name and the column whose text under the same index it shows."""

    family: Family
    index: tuple[tuple[str, int], ...]
    texts: tuple[tuple[str, str], ...]

    def labels(
        self, index: tuple[int, ...], texts: Mapping[tuple[str, tuple[int, ...]], str]
    ) -> str:
        """The label pairs of one row; a text that the device does not have is ""."""
        return label_pairs(
            (*self._parts(index), *((n, texts.get((t, index), "")) for n, t in self.texts))
        )

    def _parts(self, index: tuple[int, ...]) -> Iterator[tuple[str, str]]:
        for name, size in self.index:
            taken = index[:size] if size else index
            index = index[len(taken) :]
            yield name, ".".join(map(str, taken))


class Descriptions:
    """What `modules` say of their metrics; the first that names one is believed."""

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self._known: dict[str, Described | None] = {}
        for module in modules:
            # A column that is only looked up is polled under its OID.
            names = {metric.oid: metric.name for metric in module.metrics}
            for metric in module.metrics:
                if metric.type in (*_NUMBERS, *_ENUMERATED):
                    self._known.setdefault(metric.name, _from_module(metric, names))

    def of(self, metric: str, depth: int) -> Described | None:
        """How to export a metric with `depth` index parts; None when it is not to be."""
        if metric not in self._known:
            self._known[metric] = _unheard_of(metric, depth)
        return self._known[metric]


def _allowed(name: str) -> bool:
    return bool(METRIC_NAME_RE.match(name)) and not name.startswith(RESERVED)


def _from_module(metric: Metric, names: Mapping[str, str]) -> Described | None:
    if not _allowed(metric.name) or metric.type in _ENUMERATED:
        return None
    last = len(metric.indexes) - 1
    index = tuple(
        (_label(part.labelname), 1 if part.type == "gauge" and i < last else 0)
        for i, part in enumerate(metric.indexes)
    )
    # The index stays among the labels whatever is looked up, so that no two rows are alike.
    texts = {
        _label(lookup.labelname): names.get(lookup.oid, lookup.oid)
        for lookup in metric.lookups
        if lookup.labels and _label(lookup.labelname) not in dict(index)
    }
    family = Family(
        metric.name,
        Kind.COUNTER if metric.type == "counter" else Kind.GAUGE,
        metric.help or f"{metric.name} - {metric.oid}",
    )
    return Described(family, index, tuple(texts.items()))


def _label(name: str) -> str:
    """A device's label beside ours, in Prometheus' own way of telling them apart."""
    return f"exported_{name}" if name in OUR_LABELS else name


def _unheard_of(metric: str, depth: int) -> Described | None:
    if not _allowed(metric):
        return None
    family = Family(metric, Kind.UNKNOWN, f"{metric}, in none of the modules.")
    return Described(family, (("index", 0),) if depth else (), ())
