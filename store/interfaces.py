"""The interfaces of a node with their states and rates, as IF-MIB tells them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collector.sample import Series
from store.series import Block, History, SeriesMemory

_SOFTWARE_LOOPBACK = 24  # IANAifType

# IF-MIB::ifOperStatus; ifAdminStatus has the first three.
STATUS = {
    1: "up",
    2: "down",
    3: "testing",
    4: "unknown",
    5: "dormant",
    6: "notPresent",
    7: "lowerLayerDown",
}


@dataclass(frozen=True, slots=True)
class Interface:
    """Rates are per second; None where they are not known or no longer fresh. The statuses are
    the last known ones, "unknown" when none was ever told."""

    if_index: int
    name: str
    alias: str
    speed_bps: float | None
    admin_status: str
    oper_status: str
    in_bps: float | None
    out_bps: float | None
    in_errors_per_s: float | None
    out_errors_per_s: float | None
    in_discards_per_s: float | None
    out_discards_per_s: float | None


class _Row:
    """One index of the interface tables, looked up in every block of a node."""

    def __init__(self, memory: SeriesMemory, blocks: list[Block], index: int) -> None:
        self._memory = memory
        self._blocks = blocks
        self._index = (index,)
        self._node = blocks[0].node

    def text(self, metric: str) -> str:
        return self._memory.text(self._node, metric, self._index)

    def value(self, metric: str) -> float | None:
        return self._read(metric, stale=True, rate=False)

    def rate(self, *metrics: str) -> float | None:
        """The first of the counters' rates that is known."""
        rates = (self._read(metric, stale=False, rate=True) for metric in metrics)
        return next((rate for rate in rates if rate is not None), None)

    def _read(self, metric: str, *, stale: bool, rate: bool) -> float | None:
        array = self._memory.arena.rate if rate else self._memory.arena.value
        for block in self._blocks:
            position = block.position(Series(metric, self._index))
            if position is not None and (stale or self._memory.fresh(block)):
                value = float(array[block.start + position])
                if not np.isnan(value):
                    return value
        return None

    def interface(self) -> Interface:
        high_speed, speed = self.value("ifHighSpeed"), self.value("ifSpeed")
        into = self.rate("ifHCInOctets", "ifInOctets")
        out = self.rate("ifHCOutOctets", "ifOutOctets")
        return Interface(
            if_index=self._index[0],
            name=self.text("ifName") or self.text("ifDescr") or str(self._index[0]),
            alias=self.text("ifAlias"),
            speed_bps=high_speed * 1e6 if high_speed else speed or None,
            admin_status=STATUS.get(int(self.value("ifAdminStatus") or 0), "unknown"),
            oper_status=STATUS.get(int(self.value("ifOperStatus") or 0), "unknown"),
            in_bps=None if into is None else into * 8,
            out_bps=None if out is None else out * 8,
            in_errors_per_s=self.rate("ifInErrors"),
            out_errors_per_s=self.rate("ifOutErrors"),
            in_discards_per_s=self.rate("ifInDiscards"),
            out_discards_per_s=self.rate("ifOutDiscards"),
        )


def interfaces(memory: SeriesMemory, node: str) -> list[Interface]:
    """Every interface of a node's last polls, by ifIndex; none for a node never polled."""
    blocks = list(memory.blocks(node))
    indexes = {
        series.index[0]
        for block in blocks
        for series in (*block.layout.numbers, *block.layout.texts)
        if len(series.index) == 1 and series.metric.startswith("if")
    }
    return [_Row(memory, blocks, index).interface() for index in sorted(indexes)]


def traffic(memory: SeriesMemory, node: str, direction: str) -> History | None:
    """The last hour of all that went `In` to or `Out` of a node's interfaces, bits per second;
    loopbacks left out. None when no interface has a history."""
    histories = []
    for block in memory.blocks(node):
        for series in block.layout.numbers:
            if series.metric not in (f"ifHC{direction}Octets", f"if{direction}Octets"):
                continue
            if memory.number(node, "ifType", series.index) == _SOFTWARE_LOOPBACK:
                continue
            found = memory.history(node, series.metric, series.index)
            if found is not None:
                histories.append(found)
    if not histories:
        return None
    values = np.stack([found.values for found in histories])
    total = np.where(np.isnan(values).all(axis=0), np.nan, np.nansum(values, axis=0) * 8)
    return History(histories[0].end, histories[0].step_s, total.astype(np.float32))
