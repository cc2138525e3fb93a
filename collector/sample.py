"""Samples: what was observed, as data. The only thing that leaves the collector.

Times in samples are seconds of the collector's monotonic clock; `Batch` carries one
(monotonic, UTC) pair so that whoever receives it can place them on the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from collector.failure import Failure
from collector.portrait import Portrait
from collector.speaker import Speaker
from configs.inventory import Reachability


@dataclass(frozen=True, slots=True)
class Reach:
    """One look at whether a node is there. `rtt_s` and `jitter_s` are None without an answer.

    `loss_ratio` is over the packets of this one look (0.0 .. 1.0). `at` is when it ended, by an
    answer or a timeout; `asked_at` when its first packet left. An answer with a
    `failure` is a proven refusal: the node is there. `refused`: nothing is known of the node, for
    somebody answered who does not take our credential, or this machine had no room left to ask.
    """

    node: str
    at: float
    method: Reachability
    answered: bool
    rtt_s: float | None = None
    jitter_s: float | None = None
    loss_ratio: float = 0.0
    failure: Failure | None = None
    detail: str = ""
    asked_at: float | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A column of a layout: metric name and OID index, `()` for a scalar.

    >>> Series("ifHCInOctets", (3,))
    """

    metric: str
    index: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Layout:
    """Which value stands where in a `Readings`. The poller hands out the same object until a
    node's tables change their shape, so identity tells whether anything moved; nodes with tables
    of one shape may share it."""

    module: str
    numbers: tuple[Series, ...]
    texts: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """One poll of one module: `numbers[i]` belongs to `layout.numbers[i]`, NaN where the table
    has a hole; `texts` likewise (UTF-8, undecodable bytes as 0x…)."""

    node: str
    at: float
    took_s: float
    layout: Layout
    numbers: Sequence[float]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PollFailed:
    """A poll that gave nothing; `detail` names the object or the reason, never a secret."""

    node: str
    at: float
    module: str
    failure: Failure
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a node says of itself over its CLI. `interfaces`: name to oper status is up."""

    node: str
    at: float
    version: str
    uptime_s: float
    hardware: str = ""
    serial: str = ""
    interfaces: dict[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Trap:
    """A notification from a known node, already checked against its credential.

    `oid` is snmpTrapOID.0; `varbinds` are in packet order as (OID, printable value).
    """

    node: str
    at: float
    oid: str
    varbinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a device turned out to be and to have, looked at whole."""

    node: str
    at: float
    portrait: Portrait


Sample: TypeAlias = Reach | Readings | PollFailed | Facts | Trap | Survey | Speaker


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples of one collector, in the order of observation."""

    collector: str
    monotonic: float
    utc: datetime
    samples: Sequence[Sample]

    def date(self, at: float) -> datetime:
        """A monotonic time on the calendar."""
        return self.utc - timedelta(seconds=self.monotonic - at)


class Sink(Protocol):
    """Where a collector delivers. In one process it is the engine; a province's collector will
    have one that crosses the WAN."""

    def put(self, batch: Batch) -> None:
        """Takes a batch without blocking; what cannot be kept is dropped and counted."""
