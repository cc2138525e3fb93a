"""What the engine makes of a node that does not take our credential."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from collector.failure import Failure
from collector.sample import Batch, Reach
from configs.inventory import Reachability
from configs.settings import Confirmation
from store.series import SeriesMemory
from tests.topology.nation import nation
from tests.topology.world import START
from topology.outage import Outage
from topology.outages import Clock
from topology.situation import Situation, Turn
from topology.state import NodeState
from wanwatch.engine import Engine
from wanwatch.inbox import Inbox

STRANGE = "cpe-0-2"  # the node that is odd


class Bench:
    """An engine with a clock that is turned by hand, and a ledger that only remembers."""

    def __init__(self) -> None:
        self.inventory = nation()
        self.now = 0.0
        self.opened: list[Outage] = []
        self.engine = Engine(
            Inbox(),
            Situation(self.inventory, Confirmation(), started=Clock(0.0, START)),
            SeriesMemory(self.inventory),
            cast(Any, self),
            cast(Any, None),
            lambda nodes: None,
            lambda speaker: None,
            self,
        )

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> datetime:
        return START + timedelta(seconds=self.now)

    async def maintained(self, utc: datetime) -> frozenset[str]:
        return frozenset()

    async def enter(self, turn: Turn) -> None:
        self.opened += turn.opened

    async def look(self, seconds: int, odd: Reach | None = None) -> NodeState:
        """The odd node's state after looks at everybody each second, `odd` being those at it."""
        for _ in range(seconds):
            self.now += 1.0
            looks = [
                Reach(node, self.now, Reachability.SNMP, answered=True, rtt_s=0.01)
                for node in self.inventory.nodes
                if odd is None or node != STRANGE
            ]
            if odd is not None:
                values = {name: getattr(odd, name) for name in ("failure", "detail", "refused")}
                looks.append(
                    Reach(STRANGE, self.now, Reachability.SNMP, False, loss_ratio=1.0, **values)
                )
            self.engine._observe(Batch("centre", self.now, self.utc(), looks))
            await self.engine.tick()
        return self.engine.snapshot.nodes[STRANGE].state


REFUSED = Reach(
    STRANGE, 0.0, Reachability.SNMP, False, failure=Failure.AUTHENTICATION, refused=True
)
SILENT = Reach(STRANGE, 0.0, Reachability.SNMP, False, failure=Failure.TIMEOUT)


async def test_a_node_that_refuses_our_credential_becomes_unknown_and_pages_nobody() -> None:
    bench = Bench()
    assert await bench.look(5) is NodeState.UP
    assert await bench.look(70, REFUSED) is NodeState.UNKNOWN
    assert bench.opened == []
    assert await bench.look(3) is NodeState.UP


async def test_a_node_that_refused_us_and_falls_silent_is_down() -> None:
    bench = Bench()
    await bench.look(5)
    await bench.look(10, REFUSED)
    assert await bench.look(30, SILENT) is NodeState.DOWN
    (outage,) = bench.opened
    assert outage.root.id == STRANGE
