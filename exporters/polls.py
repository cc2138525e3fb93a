"""The polls of a province, with the labels that they are told of under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exporters import families
from exporters.devices import Column
from exporters.exposition import Block, Family, label_pairs, label_set, lines
from exporters.labels import ProvinceLabels
from store.block import Poll
from store.frame import Frame


@dataclass(frozen=True, slots=True)
class ProvincePolls:
    """`places[i]` in a frame's polls is of node and module `keys[i]`; `columns` by metric."""

    places: NDArray[np.int64]
    keys: dict[tuple[str, str], int]
    labels: list[bytes]
    columns: Mapping[str, Column]


def province_polls(
    here: ProvinceLabels,
    places: Sequence[int],
    polls: Sequence[Poll],
    columns: Mapping[str, Column],
) -> ProvincePolls:
    """`polls[i]` stands at `places[i]` of the frame."""
    keys = {(poll.node, poll.layout.module): i for i, poll in enumerate(polls)}
    return ProvincePolls(
        np.array(places, np.int64), keys, [_labels(here, *key) for key in keys], columns
    )


def poll_blocks(
    here: ProvinceLabels,
    own: ProvincePolls,
    frame: Frame,
    failed: Sequence[tuple[str, str]],
) -> Iterator[Block]:
    """How the polls of a province's nodes fare; `failed` are node and module."""
    never = [key for key in failed if key not in own.keys]
    success = np.ones(len(own.labels) + len(never))
    success[len(own.labels) :] = 0
    success[[own.keys[key] for key in failed if key in own.keys]] = 0
    labels = [*own.labels, *(_labels(here, *key) for key in never)]
    yield _block(families.POLL_SUCCESS, labels, success)
    yield _block(families.POLL_AGE, own.labels, frame.ages_s[own.places])
    yield _block(families.POLL_TOOK, own.labels, frame.took_s[own.places])


def _labels(here: ProvinceLabels, node: str, module: str) -> bytes:
    return label_set(here.node_pairs[node], label_pairs((("module", module),)))


def _block(family: Family, labels: Sequence[bytes], values: NDArray[np.float64]) -> Block:
    return family, lines(family.name, labels, values)
