"""Whatever commits, failures and crashes come in whatever order: pages = faults, in order."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import defaultdict
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from exporters.alerts import delivery
from exporters.alerts.access import ReceiverAccess
from exporters.alerts.delivery import Deliverer
from store.database import Store
from store.errors import StoreError
from store.record import AlertStatus, OutboxAlert, Record
from tests.alerts.hook import HANG_UP, Hook, hook
from tests.alerts.material import alert
from topology.outage import Severity

pytestmark = pytest.mark.timeout(60)  # a few seconds, on a machine that is not busy

outages = st.sampled_from(["o1", "o2", "o3"])
severities = st.sampled_from(list(Severity))
moments = st.sampled_from([0.0, 0.001, 0.003, 0.01])
RANK = {"warning": 1, "critical": 2, "resolved": 3}


class FragileOutbox:
    """The store as a daemon sees it that may die, or find the disk full, before it has noted
    that a page was taken."""

    def __init__(self, store: Store) -> None:
        self.pending, self.firing, self.failed = store.pending, store.firing, store.failed
        self._store = store
        self.dies = False
        self.refusals = 0

    async def delivered(self, alert: OutboxAlert, at: datetime) -> None:
        if self.dies:
            await asyncio.Event().wait()
        if self.refusals:
            self.refusals -= 1
            raise StoreError("the disk is full")
        await self._store.delivered(alert, at)


class Paging(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.haste = patch.multiple(delivery, STORE_RETRY_S=0.003, GRACE_S=0)
        self.haste.start()
        self.folder = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.answer: int | str = 200
        self.noc: Hook = self.do(self.stack.enter_async_context(hook(lambda _call: self.answer)))
        self.severity: dict[str, Severity] = {}  # as last committed, unsuppressed
        self.steps: defaultdict[str, set[str]] = defaultdict(set)
        self.open: set[str] = set()
        self.over: set[str] = set()
        self.start()

    def do(self, work):  # type: ignore[no-untyped-def]
        return self.loop.run_until_complete(work)

    def start(self) -> None:
        self.store = self.do(Store.open("sqlite:///wanwatch.db", folder=self.folder))
        self.outbox = FragileOutbox(self.store)
        noc = ReceiverAccess("noc", "webhook", self.noc.url, timeout_s=1.0)
        self.deliverer = Deliverer(
            self.outbox, [noc], report=lambda _event: None, delay=lambda *_, **__: 0.002
        )
        self.running = self.loop.create_task(self.deliverer.run())

    def commit(self, *alerts: OutboxAlert) -> None:
        self.do(self.store.commit(Record(alerts=alerts)))
        self.deliverer.notify()

    @rule(outage=outages, severity=severities, suppressed=st.booleans(), again=st.booleans())
    def an_outage_opens_or_is_revised(
        self, outage: str, severity: Severity, suppressed: bool, again: bool
    ) -> None:
        if outage in self.over:
            return
        self.open.add(outage)
        if not suppressed:
            self.severity[outage] = severity
            self.steps[outage].add(severity)
        fired = alert(outage=outage, severity=severity)
        if suppressed:
            fired = alert(outage=outage, severity=severity, suppressed="silence")
        self.commit(*[fired] * (1 + again))

    @rule(outage=outages, again=st.booleans())
    def an_outage_ends(self, outage: str, again: bool) -> None:
        if outage in self.open:
            self.open.discard(outage)
            self.over.add(outage)
            self.commit(*[alert(AlertStatus.RESOLVED, outage=outage)] * (1 + again))

    @rule(answer=st.sampled_from([200, 500, 429, 400, HANG_UP]))
    def the_receiver_changes_its_mind(self, answer: int | str) -> None:
        self.answer = answer

    @rule(moment=moments)
    def time_passes(self, moment: float) -> None:
        self.do(asyncio.sleep(moment))

    @rule(refusals=st.integers(1, 2))
    def the_disk_fills(self, refusals: int) -> None:
        self.outbox.refusals = refusals

    @rule(moment=moments, unnoted=st.booleans())
    def the_daemon_dies_and_starts_again(self, moment: float, unnoted: bool) -> None:
        self.outbox.dies = unnoted
        self.do(asyncio.sleep(moment))
        self.stop()
        self.start()

    @invariant()
    def nothing_is_out_of_order(self) -> None:
        steps: defaultdict[str, list[int]] = defaultdict(list)
        for call in self.noc.taken:
            outage, status = call.page
            severity = call.json["commonLabels"]["severity"]
            steps[outage].append(RANK["resolved" if status == "resolved" else severity])
        for ranks in steps.values():
            assert ranks == sorted(ranks)

    def stop(self) -> None:
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            self.do(self.running)
        self.do(self.store.close())

    def teardown(self) -> None:
        self.answer = 200
        self.outbox.dies = False
        try:
            self.do(asyncio.wait_for(self.drained(), 30))
        finally:
            self.clean_up()
        self.nothing_is_out_of_order()
        self.pages_are_faults()

    def pages_are_faults(self) -> None:
        pages: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for call in self.noc.taken:
            outage, status = call.page
            step = status if status == "resolved" else call.json["commonLabels"]["severity"]
            pages[outage][call.headers["idempotency-key"]] = step
        assert pages.keys() == self.severity.keys()
        for outage, told in pages.items():
            steps = list(told.values())
            assert len(set(steps)) == len(steps)
            assert ("resolved" in steps) == (outage in self.over)
            fired = set(steps) - {"resolved"}
            assert fired
            assert fired <= self.steps[outage]
            if self.severity[outage] is Severity.CRITICAL:
                assert "critical" in fired

    def clean_up(self) -> None:
        self.stop()
        self.haste.stop()
        self.do(self.stack.aclose())
        self.loop.close()
        shutil.rmtree(self.folder)

    async def drained(self) -> None:
        while await self.store.pending():
            self.deliverer.notify()
            await asyncio.sleep(0.01)


Paging.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestPaging = Paging.TestCase
