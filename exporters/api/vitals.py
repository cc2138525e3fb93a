"""The vital signs of one node: a list of `VitalOut`."""

from __future__ import annotations

import math

from collector.vitals import PREFIX, STATE_TEXT, VERDICT, VitalsLayout
from exporters.api.picture import Json
from store.block import Block
from store.series import SeriesMemory

_VERDICT = PREFIX + VERDICT
MOST_VITALS = 500  # in the detail of one node; `/metrics` has them all


def vital_list(series: SeriesMemory, node: str) -> list[Json]:
    """The first 500, in the order in which the survey found them."""
    blocks = [block for block in series.blocks(node) if isinstance(block.layout, VitalsLayout)]
    return [vital for block in blocks for vital in _of(series, block)][:MOST_VITALS]


def _of(series: SeriesMemory, block: Block) -> list[Json]:
    values = series.arena.value[block.rows].tolist()
    if not series.fresh(block):
        values = [math.nan] * len(values)
    verdicts = {
        one.index: value
        for one, value in zip(block.layout.numbers, values, strict=True)
        if one.metric == _VERDICT and not math.isnan(value)
    }
    return [
        {
            "metric": one.metric,
            "oid": ".".join(map(str, one.index)),
            "name": block.text(one.metric, one.index),
            "value": None if math.isnan(value) else value,
            "state": block.text(STATE_TEXT, one.index),
            "ok": bool(verdicts[one.index]) if one.index in verdicts else None,
        }
        for one, value in zip(block.layout.numbers, values, strict=True)
        if one.metric != _VERDICT
    ]
