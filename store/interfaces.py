"""The interfaces of a node with their states and rates, as IF-MIB tells them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from store.block import Block
from store.series import History, SeriesMemory

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


class _Port:
    """One row of the interface tables in the blocks of a node."""

    def __init__(self, memory: SeriesMemory, blocks: list[Block], index: int) -> None:
        self._memory = memory
        self._blocks = blocks
        self._index = (index,)

    def text(self, metric: str) -> str:
        texts = (block.text(metric, self._index) for block in self._blocks)
        return next(filter(None, texts), "")

    def value(self, metric: str) -> float | None:
        """The last known value, however old."""
        return self._known(metric, rate=False)

    def rate(self, *metrics: str) -> float | None:
        """The first of the counters' rates that is known."""
        rates = (self._known(metric, rate=True) for metric in metrics)
        return next((rate for rate in rates if rate is not None), None)

    def _known(self, metric: str, *, rate: bool) -> float | None:
        array = self._memory.arena.rate if rate else self._memory.arena.value
        for block in self._blocks:
            row = block.row(metric, self._index)
            if row is not None and (not rate or self._memory.fresh(block)):
                value = float(array[row])
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


def if_indexes(memory: SeriesMemory, node: str) -> list[int]:
    """The ifIndex of every interface of a node's last polls, in order."""
    return sorted(
        {
            index[0]
            for block in memory.blocks(node)
            for rows in (block.shape.rows, block.shape.texts)
            for index, row in rows.items()
            if len(index) == 1 and any(metric.startswith("if") for metric in row)
        }
    )


def interfaces(
    memory: SeriesMemory, node: str, *, limit: int | None = None, offset: int = 0
) -> list[Interface]:
    """Interfaces of a node's last polls, by ifIndex; none for a node never polled."""
    blocks = list(memory.blocks(node))
    chosen = if_indexes(memory, node)[offset : None if limit is None else offset + limit]
    return [_Port(memory, blocks, index).interface() for index in chosen]


def traffic(memory: SeriesMemory, node: str, direction: str) -> History | None:
    """The last hour of all that went `In` to or `Out` of a node's interfaces, bits per second;
    loopbacks left out. None when no interface has a history."""
    for block in memory.blocks(node):
        kinds = memory.arena.value
        rows = []
        for row in block.shape.rows.values():
            octets = row.get(f"ifHC{direction}Octets", row.get(f"if{direction}Octets"))
            kind = row.get("ifType")
            if octets is None or (
                kind is not None and kinds[block.start + kind] == _SOFTWARE_LOOPBACK
            ):
                continue
            rows.append(block.start + octets)
        found = memory.total_history(rows) if rows else None
        if found is not None:
            return History(found.end, found.step_s, found.values * 8)
    return None
