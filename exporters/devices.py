"""The devices' own series: one column per metric and province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from collector.vitals import VitalsLayout
from exporters.described import Described, Descriptions
from exporters.exposition import Family, label_set, lines
from exporters.vitals import VITALS
from store.block import Poll
from store.frame import Frame

_Signature: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Column:
    """One metric of one province: `rows[i]` of a frame's values is labelled `labels[i]`."""

    family: Family
    rows: NDArray[np.int32]
    labels: tuple[bytes, ...]

    def text(self, frame: Frame) -> bytes:
        return lines(self.family.name, self.labels, frame.values[self.rows])


class DeviceColumns:
    """Label sets are made once per layout and shared by all columns of a row, and so are all those
    of a column by the columns with the same rows: for the whole fleet they are megabytes, where a
    prefix per series would be fifty."""

    def __init__(self, descriptions: Descriptions) -> None:
        self._descriptions = descriptions
        self._made: dict[str, tuple[_Signature, dict[str, Column]]] = {}

    def of(
        self, province: str, polls: Sequence[Poll], node_labels: Mapping[str, str]
    ) -> Mapping[str, Column]:
        """The columns of a province's nodes, by metric."""
        signature = tuple((poll.revision, poll.start) for poll in polls)
        known = self._made.get(province)
        if known is None or known[0] != signature:
            known = self._made[province] = (signature, self._columns(polls, node_labels))
        return known[1]

    def forget(self) -> None:
        """Drops what was made: the labels of nodes have changed."""
        self._made.clear()

    def _columns(self, polls: Sequence[Poll], node_labels: Mapping[str, str]) -> dict[str, Column]:
        found: dict[str, tuple[Family, list[int], list[bytes]]] = {}
        # Modules of one node may ask for the same thing; the first one's answer stands.
        seen: set[tuple[str, tuple[int, ...]]] = set()
        node = ""
        for poll in polls:
            if poll.node != node:
                node = poll.node
                seen.clear()
            several = len(polls) > 1
            texts = {
                (s.metric, s.index): text
                for s, text in zip(poll.layout.texts, poll.texts, strict=True)
            }
            made: dict[tuple[object, ...], bytes] = {}
            for row, series in enumerate(poll.layout.numbers, poll.start):
                if several:
                    if (series.metric, series.index) in seen:
                        continue
                    seen.add((series.metric, series.index))
                described = (
                    VITALS.get(series.metric)
                    if isinstance(poll.layout, VitalsLayout)
                    else self._descriptions.of(series.metric, len(series.index))
                )
                if described is None:
                    continue
                column = found.setdefault(series.metric, (described.family, [], []))
                column[1].append(row)
                column[2].append(_labels(described, series.index, texts, node_labels[node], made))
        alike: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}
        columns = {}
        for metric, (family, rows, labels) in found.items():
            same = tuple(labels)
            same = alike.setdefault(same, same)
            columns[metric] = Column(family, np.array(rows, np.int32), same)
        return columns


def _labels(
    described: Described,
    index: tuple[int, ...],
    texts: Mapping[tuple[str, tuple[int, ...]], str],
    node: str,
    made: dict[tuple[object, ...], bytes],
) -> bytes:
    key = (described.index, described.texts, index)
    labels = made.get(key)
    if labels is None:
        labels = made[key] = label_set(described.labels(index, texts), node)
    return labels
