"""One look at one node: its packets, gathered into a `Reach`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from collector.failure import Failure
from collector.icmp.packet import Dialect
from collector.sample import Reach
from configs.inventory import Reachability


@dataclass(slots=True)
class Look:
    """`unsent` and `open`: packets still to send, and to hear of. `previous_rtt_s` is the
    node's last one before this look, `asked_at` when its first packet left."""

    node: str
    address: str
    dialect: Dialect
    done: Callable[[Reach], None]
    count: int
    timeout_s: float
    previous_rtt_s: float | None
    unsent: int
    open: int
    asked_at: float | None = None
    rtts_s: list[float] = field(default_factory=list)
    failure: Failure = Failure.TIMEOUT
    detail: str = ""

    def reach(self, at: float) -> Reach:
        """The sample. Jitter is the mean difference of successive round-trip times, that of the
        look before included (RFC 5481 §4.1); without two of them it is None."""
        rtts = self.rtts_s
        if not rtts:
            return Reach(
                self.node, at, Reachability.ICMP, False,
                loss_ratio=1.0, failure=self.failure, detail=self.detail, asked_at=self.asked_at,
            )  # fmt: skip
        known = rtts if self.previous_rtt_s is None else [self.previous_rtt_s, *rtts]
        jitter = None
        if len(known) > 1:
            jitter = sum(abs(b - a) for a, b in pairwise(known)) / (len(known) - 1)
        return Reach(
            self.node, at, Reachability.ICMP, True,
            sum(rtts) / len(rtts), jitter, 1 - len(rtts) / self.count, asked_at=self.asked_at,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Packet:
    """An echo request on its way."""

    look: Look
    sequence: int
    cookie: bytes
    sent_at: float
