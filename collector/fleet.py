"""The collector: asks the whole fleet in turn and hands what it hears to a sink."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeAlias, TypeVar

from collector.assignments import Assignments
from collector.bucket import Bucket
from collector.cadence import GAPS_S, SURVEY_AGAIN_S, beginnings, intervals_s
from collector.convoy import Convoy, has_a_scout
from collector.delivery import Delivery
from collector.errors import IcmpPermissionError, QuestionError, SnmpError, UnknownNodeError
from collector.failure import Failure
from collector.icmp.engine import IcmpEngine
from collector.memory import Memory
from collector.roster import Member, errands, roster, trap_sources
from collector.sample import Facts, PollFailed, Reach, Readings, Sample, Sink, Survey, Trap
from collector.schedule import Errand, Kind, Schedule
from collector.snmp.engine import SnmpEngine
from collector.snmp.plan import Plan
from collector.speaker import Speaker
from collector.ssh.poller import SshPoller
from collector.stats import CollectorStats
from collector.surveyor import Surveyor
from collector.traps import generic
from collector.traps.listener import TrapListener
from collector.turnstile import POLLS_AT_ONCE, Turnstile
from collector.uptimes import Uptimes
from collector.vitals import MODULE as VITALS
from collector.vitals import VitalSigns
from collector.waiters import Waiters
from configs.credentials import SnmpCredential, SshCredential
from configs.devicerules import DeviceFile
from configs.inventory import Inventory, Reachability
from configs.module import Module
from configs.settings import Polling, Traps

TURN_S = 0.02
_SLICE_S = 0.004  # of errands, before the loop is let go on
_MOST_WANTED = 100  # a turn: not even a start asks the whole country at once
LOOKS_PER_S = 1000  # on demand, all nodes together

Polled: TypeAlias = Readings | PollFailed | Facts
T = TypeVar("T")


class Collector:
    """Asks every node of an inventory whether it is there, its counters and its facts, each in
    its own interval, and delivers what it hears at most `TURN_S` later.

    Raises RosterError when the inventory and the credentials do not fit together.
    """

    def __init__(
        self,
        name: str,
        inventory: Inventory,
        polling: Polling,
        snmp: Mapping[str, SnmpCredential],
        ssh: Mapping[str, SshCredential],
        module: Module,
        traps: Traps | None,
        sink: Sink,
        *,
        devices: Sequence[DeviceFile] = (),
        modules: Mapping[str, Module] = {},
        surveyed_first: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._polling = polling
        self._surveyed_first = surveyed_first
        self._plan = Plan.of(module)
        self._traps = TrapListener(name, traps, self._trapped, clock=clock) if traps else None
        self._clock = clock
        self._delivery = Delivery(name, sink, clock)
        self.memory = Memory(polling.reachability_timeout_s)
        self._icmp = IcmpEngine(clock=clock)
        self._no_icmp: IcmpPermissionError | None = None
        self._snmp = SnmpEngine(max_rows=polling.max_rows, clock=clock)
        self._ssh = SshPoller(workers=polling.ssh_workers, clock=clock)
        self._surveyor = Surveyor(self._snmp, devices, clock)
        self._vitals = VitalSigns()
        self._assigned = Assignments(modules)
        self._uptimes = Uptimes()
        self._schedule = Schedule(intervals_s(polling), GAPS_S, clock())
        self._roster: dict[str, Member] = {}
        self._polls = Turnstile(POLLS_AT_ONCE, self._poll)
        self._convoy = Convoy(intervals_s(polling))
        self._second_looks = Bucket(LOOKS_PER_S, LOOKS_PER_S)
        self._waiters: Waiters[Polled] = Waiters()
        self._stats = CollectorStats()
        self.replace(inventory, snmp, ssh)

    async def run(self) -> None:
        """Collects until cancelled. Raises IcmpPermissionError when a node is to be pinged and
        this machine does not allow it, and TrapPortError."""
        async with AsyncExitStack() as engines:
            await engines.enter_async_context(self._snmp)
            await engines.enter_async_context(self._ssh)
            await engines.enter_async_context(self._surveyor)
            try:
                await engines.enter_async_context(self._icmp)
            except IcmpPermissionError as error:
                self._no_icmp = error
                self._require_icmp(self._roster)
            if self._traps is not None:
                self._traps.open()
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._turns())
                    if self._traps is not None:
                        tasks.create_task(self._traps.run())
            finally:
                self._delivery.flush()

    def replace(
        self,
        inventory: Inventory,
        snmp: Mapping[str, SnmpCredential],
        ssh: Mapping[str, SshCredential],
    ) -> None:
        """Another inventory from now on; who is new or changed is asked at once. Raises RosterError
        and IcmpPermissionError, and then nothing has changed."""
        members = roster(inventory, self._polling, snmp, ssh)
        self._require_icmp(members)
        before, self._roster = self._roster, members
        changed = {node for node, member in before.items() if members.get(node) != member}
        members |= {node: member for node, member in before.items() if node not in changed}
        for node in changed:
            self._icmp.forget(node)
            self._snmp.forget(node)
        for remembered in (self.memory, self._vitals, self._assigned, self._uptimes):
            remembered.forget(changed)
        if self._traps is not None:
            self._traps.replace(trap_sources(members))
        nodes = errands(members)
        self._schedule.replace(nodes)
        for errand in self._convoy.keep(nodes):
            self._finished(errand)
        fresh = {node for node in members if node not in before or node in changed}
        for errand, at in beginnings(nodes, fresh, self._clock(), self._surveyed_first):
            self._schedule.ask(*errand, at)
        self._waiters.keep(nodes)

    def look_again(self, nodes: Iterable[str]) -> None:
        """Looks at these nodes as soon as may be, before all others; who is not known is left
        out, and nobody is looked at more than four times a second.

        When thousands are suspected at once, those beyond LOOKS_PER_S wait for their regular
        turn: second looks must not be what brings the network, or us, down.
        """
        asked = list(nodes)
        granted = self._second_looks.take(self._clock(), len(asked))
        self._stats.put_off += len(asked) - granted
        self._ask(asked[:granted], Kind.REACHABILITY)

    async def poll(self, node: str) -> Polled:
        """A node's counters, or its facts where it has no SNMP, asked now while `run` runs; an
        answer that is on its way already will do. Raises UnknownNodeError."""
        member = self._roster.get(node)
        if member is None or not (member.target or member.login):
            raise UnknownNodeError(f"{node!r} is not in the inventory or offers nothing to poll")
        errand = Errand(Kind.COUNTERS if member.target else Kind.SSH, node)
        if not self._schedule.is_busy(errand):
            self._schedule.ask(*errand, self._clock())
        return await self._waiters.outcome(errand)

    @property
    def stats(self) -> CollectorStats:
        """Counters since the start; one object, brought up to date at each call."""
        stats = self._stats
        stats.nodes = len(self._roster)
        stats.batches, stats.samples = self._delivery.batches, self._delivery.samples
        stats.refusing = len(self.memory.refusing)
        stats.unheard = sum(map(len, self.memory.unheard.values()))
        stats.failures = dict(self.memory.failures)
        stats.schedule = self._schedule.stats
        stats.icmp, stats.snmp, stats.ssh = self._icmp.stats, self._snmp.stats, self._ssh.stats
        stats.surveys = self._surveyor.stats
        if self._traps is not None:
            stats.traps = self._traps.stats
        return stats

    @property
    def trap_port(self) -> int | None:
        """Where notifications are heard while `run` runs; None where they are not wanted."""
        return self._traps.port if self._traps is not None else None

    def _require_icmp(self, members: Mapping[str, Member]) -> None:
        if self._no_icmp is None:
            return
        if any(member.node.reachability is Reachability.ICMP for member in members.values()):
            raise self._no_icmp

    def _ask(self, nodes: Iterable[str], *kinds: Kind) -> None:
        now = self._clock()
        for node in nodes:
            for kind in kinds:
                self._convoy.hurry(Errand(kind, node))
                self._schedule.ask(kind, node, now)

    async def _turns(self) -> None:
        """A turn every `TURN_S`: starts what is due, delivers what was heard."""
        awaited = self._clock()
        while True:
            started = self._clock()
            self._stats.lag_s += max(started - awaited, 0.0)
            self._stats.latest_lag_s = max(self._stats.latest_lag_s, started - awaited)
            for errand in self._schedule.due(started, _MOST_WANTED):
                self._run(errand)
                if self._clock() - started > _SLICE_S:
                    self._delivery.flush()
                    await asyncio.sleep(0)
                    started = self._clock()
            self._delivery.flush()
            awaited = self._clock() + TURN_S
            await asyncio.sleep(TURN_S)

    def _run(self, errand: Errand) -> None:
        member = self._roster.get(errand.node)
        if member is not None and errand.kind is Kind.REACHABILITY:
            self._look(member, partial(self._heard, self._looked, errand, member))
        elif member is None or not self._schedule.knows(errand):  # a reload came in between
            self._schedule.finished(errand, self._clock())
        elif self.memory.is_mute(errand.node) and errand not in self._waiters:
            self._stats.spared += 1
            self._schedule.finished(errand, self._clock())
        elif errand.kind is Kind.SSH:
            if member.login is not None:
                self._ssh.poll(member.login, partial(self._heard, self._polled, errand, member))
        elif errand.kind in (Kind.SURVEY, Kind.NEIGHBOURS):
            if member.target is not None:
                survey = errand.kind is Kind.SURVEY
                ask = self._surveyor.survey if survey else self._surveyor.hear
                ask(member.target, partial(self._heard, self._surveyed, errand, member))
        elif not self._plans_of(errand):
            self._schedule.finished(errand, self._clock())
        elif self._convoy.takes(errand, member.node) and errand not in self._waiters:
            self._convoy.wait(errand)
        else:
            self._polls.come(errand)

    def _poll(self, errand: Errand) -> None:
        member = self._roster.get(errand.node)
        if member is None:
            self._finished(errand)
        elif has_a_scout(member.node) and not self.memory.saw(errand.node, self._clock()):
            self._look(member, partial(self._heard, self._looked_first, errand, member))
        else:
            self._poll_snmp(errand, self._plans_of(errand))

    def _finished(self, errand: Errand) -> None:
        self._schedule.finished(errand, self._clock())
        self._polls.leave(errand)

    def _heard(
        self, take: Callable[[Errand, T], None], errand: Errand, member: Member, said: T
    ) -> None:
        """Has it taken unless a reload made it another device meanwhile, which is asked anew."""
        if self._roster.get(errand.node) is member:
            take(errand, said)
        else:
            self._finished(errand)

    def _look(self, member: Member, done: Callable[[Reach], None]) -> None:
        node = member.node
        timeout_s = self.memory.timeouts.timeout_s(node.id)
        if member.target is not None and node.reachability is Reachability.SNMP:
            try:
                self._snmp.probe(member.target, done, timeout_s, retries=0)
            except (QuestionError, SnmpError) as error:
                at, failure, detail = self._clock(), error.failure, str(error)
                done(Reach(node.id, at, Reachability.SNMP, False, None, None, 1.0, failure, detail))
        elif member.login is not None and node.reachability is Reachability.SSH:
            login = member.login
            self._ssh.probe(node.id, login.address, login.port, done, timeout_s)
        else:
            self._icmp.probe(node.id, node.address, done, timeout_s=timeout_s)

    def _looked_first(self, errand: Errand, reach: Reach) -> None:
        self._take(reach)
        if reach.answered:
            self._poll_snmp(errand, self._plans_of(errand))
        else:
            self._not_polled(errand, reach)

    def _not_polled(self, errand: Errand, reach: Reach) -> None:
        failure = reach.failure or Failure.TIMEOUT
        name = VITALS if errand.kind is Kind.VITALS else self._plan.name
        self._polled(errand, PollFailed(reach.node, reach.at, name, failure, reach.detail))

    def _plans_of(self, errand: Errand) -> tuple[Plan, ...]:
        """What to ask a node over SNMP, one after the other."""
        if errand.kind is Kind.COUNTERS:
            return (self._plan, *self._assigned.plans(errand.node))
        vitals = self._vitals.get(errand.node)
        return () if vitals is None else (vitals.plan,)

    def _poll_snmp(self, errand: Errand, plans: Sequence[Plan]) -> None:
        member = self._roster[errand.node]
        if member.target is None or not plans:
            self._finished(errand)
            return
        try:
            take = partial(self._answered, plans[1:])
            self._snmp.poll(member.target, plans[0], partial(self._heard, take, errand, member))
        except (QuestionError, SnmpError) as error:
            node, name = errand.node, plans[0].name
            self._polled(errand, PollFailed(node, self._clock(), name, error.failure, str(error)))

    def _answered(
        self, rest: Sequence[Plan], errand: Errand, polled: Readings | PollFailed
    ) -> None:
        if isinstance(polled, Readings) and errand.kind is Kind.VITALS:
            vitals = self._vitals.get(errand.node)
            if vitals is None:  # another survey came in between
                self._finished(errand)
                return
            polled = vitals.read(polled)
        if rest and isinstance(polled, Readings):
            self._tell(errand, polled)
            self._poll_snmp(errand, rest)
        else:
            self._polled(errand, polled)

    def _looked(self, errand: Errand, reach: Reach) -> None:
        self._schedule.finished(errand, self._clock())
        self._take(reach)
        for behind in self._convoy.behind(reach.node):
            if reach.answered:
                self._polls.come(behind)
            else:
                self._not_polled(behind, reach)

    def _polled(self, errand: Errand, polled: Polled) -> None:
        self._finished(errand)
        self._tell(errand, polled)

    def _tell(self, errand: Errand, polled: Polled) -> None:
        self._take(polled)
        if isinstance(polled, Readings) and self._uptimes.restarted(polled):
            self._ask((errand.node,), Kind.SURVEY)  # software is exchanged by restarts
        self._waiters.tell(errand, polled)

    def _surveyed(self, errand: Errand, found: Survey | Speaker | None) -> None:
        now = self._clock()
        self._schedule.finished(errand, now)
        if found is None:
            self._schedule.ask(*errand, now + SURVEY_AGAIN_S)
            return
        self._take(found)
        if isinstance(found, Survey):
            self._learn(found, now)

    def _learn(self, survey: Survey, now: float) -> None:
        """From now on a node is asked for what it turned out to have."""
        node, member = survey.node, self._roster[survey.node]
        gone = list(self._assigned.learn(node, survey.portrait))
        before, vitals = self._vitals.get(node), self._vitals.learn(node, survey.portrait)
        if vitals is not before:
            if vitals is None or (before is not None and len(vitals) < len(before)):
                # A device that has just started may not have all its tables yet.
                self._schedule.ask(Kind.SURVEY, node, now + SURVEY_AGAIN_S)
            if before is not None:
                gone.append(before.plan)
            self._schedule.ask(Kind.VITALS, node, now)
        if member.target is not None:
            for plan in gone:
                self._snmp.leave(member.target, plan)

    def _trapped(self, trap: Trap) -> None:
        self._take(trap)
        if trap.oid in generic.STARTED or trap.oid in generic.LINK:
            self._ask((trap.node,), Kind.REACHABILITY, Kind.COUNTERS)
        if trap.oid in generic.STARTED:
            self._ask((trap.node,), Kind.SURVEY)

    def _take(self, sample: Sample) -> None:
        """Remembers and delivers a sample, unless its node was taken out meanwhile."""
        node = sample.node
        if node not in self._roster:
            return
        was_mute = self.memory.is_mute(node)
        self.memory.note(sample)
        self._delivery.add(sample)
        if was_mute and not self.memory.is_mute(node):
            self._ask((node,), Kind.COUNTERS, Kind.SSH)
