"""What is so: samples in, state changes, outages and the snapshot out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from collector.failure import Failure
from collector.sample import Facts, PollFailed, Reach, Readings, Sample, Trap
from collector.traps import generic
from configs.inventory import Inventory, Link
from configs.settings import Confirmation
from topology.confirmation import Look, Watch
from topology.coverage import Census
from topology.diagnosis import Diagnosis, Fault
from topology.evidence import Evidence
from topology.flapping import Flaps
from topology.gathering import gather
from topology.graph import Wan
from topology.maintenance import Maintained
from topology.outage import Outage, Root, RootKind, Severity
from topology.outages import Book, Clock
from topology.ports import Ports
from topology.recall import recall
from topology.restored import Restored
from topology.ripeness import Ripeness
from topology.rootcause import diagnose
from topology.signs import Signs
from topology.snapshot import Snapshot
from topology.state import NodeState, Returned, StateChange
from topology.views import Views

CROWD = 200  # more suspects at once than any single fault but the largest makes
REMAINS_S = 3.0  # within this a node that is back has been polled


@dataclass(frozen=True, slots=True)
class Turn:
    """What one tick brought. `reprobe`: nodes to look at again now; `returned`: those of which it
    has become known how they came back."""

    changes: tuple[StateChange, ...]
    opened: tuple[Outage, ...]
    revised: tuple[Outage, ...]
    ended: tuple[Outage, ...]
    reprobe: frozenset[str]
    snapshot: Snapshot
    returned: tuple[Returned, ...] = ()


class Situation:
    """The single owner of states, outages and coverage. Not for several threads.

    `tick` should come every `reprobe_s` or oftener, for it is what keeps suspects being asked.
    """

    def __init__(
        self,
        inventory: Inventory,
        confirmation: Confirmation,
        *,
        started: Clock,
        restored: Restored | None = None,
    ) -> None:
        restored = restored or Restored()
        self._settings = confirmation
        self._started_at = started.utc
        self._targets: frozenset[str] = frozenset()
        self._sequence = 0
        self._flaps = Flaps()
        self._settle(inventory, restored)
        self._book = Book(self._wan, confirmation.hold_down_s, restored.outages)
        recall(
            restored, started, self._inventory, self._watch, self._ports, self._ripeness,
            self._book.fronts,
        )  # fmt: skip
        self._restored = frozenset(outage.id for outage in restored.outages)
        self._touched = self._views.cast(self._book.open) | set(inventory.nodes)

    def _settle(self, inventory: Inventory, restored: Restored) -> None:
        known = inventory.nodes.keys()
        self._wan = Wan(inventory, [link for link in restored.found if {link.a, link.b} <= known])
        self._inventory = inventory = self._wan.inventory
        self._watch = Watch(self._settings, inventory.nodes)
        self._ports = Ports(inventory)
        self._signs = Signs()
        self._census = Census(inventory)
        self._views = Views(inventory.nodes, self._started_at, restored)
        self._maintained = Maintained.of(self._wan, self._targets)
        self._census.maintain(self._maintained.nodes)
        self._census.update(inventory.nodes, self._views.states)
        self._evidence: Evidence | None = None
        self._diagnosis = Diagnosis()
        self._stale: set[str] = set()
        self._passing: frozenset[str] = frozenset()
        self._fronts: frozenset[str] = frozenset()
        self._ripeness = Ripeness(self._wan, self._watch, self._ports)
        self._mute_since: dict[str, float] = {}
        self._dirty = True

    def observe(self, samples: Sequence[Sample], now: float) -> frozenset[str]:
        """Takes samples; returns nodes to look at again at once: suspects and their upstream
        path, and who was behind a node that answers again. Unknown nodes are passed over."""
        ask: set[str] = set()
        suspects: set[str] = set()
        back: set[str] = set()
        looks = self._watch.looks
        for sample in samples:
            look = looks.get(sample.node)
            if look is None:
                continue
            match sample:
                case Reach():
                    self._reach(sample, look, suspects, back)
                case Readings() | Facts():
                    self._watch.spoke(sample.node, sample.at)
                    power = self._signs.take(sample, look)
                    if self._ports.take(sample) or power or look.word is False:
                        self._dirty = True
                case PollFailed(failure=Failure.TIMEOUT | Failure.REFUSED):
                    self._watch.fell_mute(sample.node)
                    self._dirty = self._dirty or look.word is False
                case Trap(oid=oid) if oid in generic.LINK:
                    ask.add(sample.node)
                    ask.update(self._wan.neighbours(sample.node))
                case Trap():
                    if self._signs.take(sample, look):
                        self._dirty = True
                        ask.add(sample.node)
                case _:
                    pass
        ask |= suspects | self._wan.around(suspects)
        if back:
            ask |= back
            own = {role.outage for node in back if (role := self._views.roles.get(node))}
            for outage in self._book.open:
                if outage.id in own:
                    ask.update(outage.down)
                    ask.update(outage.shadowed)
        return self._due(ask, now)

    def _reach(self, reach: Reach, look: Look, suspects: set[str], back: set[str]) -> None:
        node = reach.node
        role = self._views.roles.get(node)
        hasty = role is not None and role.state is NodeState.UNREACHABLE
        was_silent, since = look.word is False, look.silent_since
        if self._watch.take(reach, hasty=hasty):
            self._dirty = True
            self._ports.outdate(self._wan.ports(node))
        self._touched.add(node)
        if not reach.answered and look.word is not False:
            suspects.add(node)
        elif reach.answered and was_silent:
            self._dirty = True
            look.asked_at = -math.inf
            back.add(node)
            if look.word and since is not None:
                self._signs.returned(node, since, look.back_at, node in self._fronts)

    def _due(self, ask: Iterable[str], now: float) -> frozenset[str]:
        """Those of the nodes that have not been asked just now; they count as asked. Of a crowd
        only those are asked whose path is known to be whole: the rest is likely to be behind."""
        earliest = now - 0.9 * self._settings.reprobe_s  # a tick may come a little early
        looks = self._watch.looks
        due = [node for node in ask if node in looks and looks[node].asked_at <= earliest]
        if max(len(due), len(self._watch.unsettled)) > CROWD:
            due = [node for node in due if self._in_reach(node, now - 2 * self._settings.reprobe_s)]
        for node in due:
            looks[node].asked_at = now
        return frozenset(due)

    def _in_reach(self, node: str, since: float) -> bool:
        """Whether a node is next to the monitor, or to one nearer to it that answered since."""
        wan = self._wan
        parents = wan.parents(wan.node_at[node])
        near = (self._watch.looks[wan.nodes[parent]] for parent in parents)
        return not parents or any(look.settled and look.alive_at > since for look in near)

    def tick(self, now: float, utc: datetime) -> Turn:
        """The state of things at a moment, and what changed since the tick before."""
        clock = Clock(now, utc)
        expired = self._watch.expire(now)
        self._touched.update(expired)
        forgotten = self._signs.expire(now, self._watch.looks)
        if expired or forgotten or self._dirty or self._stale:
            self._judge(now)
        page = self._book.turn(
            self._diagnosis,
            clock,
            lambda fault, since: self._ripeness.settled(fault, now, since),
            lambda outage, symptoms: self._over(outage, symptoms, now),
        )
        opened, revised = page.opened, page.revised
        flagged = self._book.flag(
            lambda outage: self._maintained.covers(self._wan, outage),
            lambda symptoms: any(self._flaps.active(symptom, now) for symptom in symptoms),
        )
        if flagged:
            by_id = {outage.id: outage for outage in flagged}
            opened = tuple(by_id.get(outage.id, outage) for outage in opened)
            fresh = {outage.id for outage in opened}
            revised = tuple({o.id: o for o in [*revised, *flagged] if o.id not in fresh}.values())
        if opened or revised or page.ended:
            self._touched |= self._views.cast(self._book.open)
        changes, changed = self._views.refresh(
            self._touched & self._watch.looks.keys(), self._watch, clock, self._passing,
            self._diagnosis.cut_off, self._maintained.nodes, self._ripeness.shown,
        )  # fmt: skip
        self._touched = set()
        self._census.update((change.node for change in changes), self._views.states)
        snapshot = self._publish(clock, tuple(changed))
        return Turn(
            tuple(changes),
            opened,
            revised,
            page.ended,
            self._due(self._restless(now), now),
            snapshot,
            tuple(
                Returned(back.node, back.restarted is True, clock.date(back.back_at))
                for back in self._signs.news()
                if back.restarted or back.front
            ),
        )

    def maintenance(self, targets: frozenset[str]) -> None:
        """Sets what is under maintenance from now on; `targets` as in `MaintenanceIn`."""
        if targets == self._targets:
            return
        before = self._maintained.nodes
        self._targets = targets
        self._maintained = Maintained.of(self._wan, targets)
        self._census.maintain(self._maintained.nodes)
        self._touched |= before ^ self._maintained.nodes

    def replace(self, inventory: Inventory) -> None:
        """Goes on with another inventory, keeping what is known of nodes that remain."""
        watch, ports, views, stale = self._watch, self._ports, self._views, self._diagnosis
        signs, ripeness = self._signs, self._ripeness
        self._settle(inventory, Restored(found=tuple(self._wan.found.values())))
        self._views.carry(views.states, views.views)
        self._watch.keep(watch)
        self._ports.keep(ports)
        self._ripeness.keep(ripeness)
        self._signs = signs  # of nodes that are gone it forgets with the next tick
        self._census.update(inventory.nodes, self._views.states)
        self._diagnosis = stale
        self._book.rebase(self._wan)
        self._touched = self._views.cast(self._book.open) | set(inventory.nodes)

    def join(self, wan: Wan) -> None:
        """Goes on with another graph of the same inventory, of which only the found links may
        differ."""
        ports, ripeness, before = self._ports, self._ripeness, self._maintained.nodes
        self._wan, self._inventory = wan, wan.inventory
        self._ports = Ports(wan.inventory)
        self._ports.keep(ports)
        self._ripeness = Ripeness(wan, self._watch, self._ports)
        self._ripeness.keep(ripeness)
        self._maintained = Maintained.of(wan, self._targets)
        self._census.maintain(self._maintained.nodes)
        self._book.rebase(wan)
        self._evidence = None
        self._dirty = True
        self._touched |= before ^ self._maintained.nodes

    @property
    def found(self) -> Mapping[str, Link]:
        """The links of the graph that are not declared."""
        return self._wan.found

    def broken_links(self) -> frozenset[str]:
        """Links that an end says are down, or of which an end is not known to be up."""
        states = self._views.states
        return self._ports.down | {
            link.id
            for link in self._inventory.links.values()
            if not states[link.a] is states[link.b] is NodeState.UP
        }

    def _judge(self, now: float) -> None:
        """A new diagnosis where the evidence changed."""
        self._dirty = False
        shown = self._ripeness.shown
        out = [o.root.id for o in self._book.open if o.id in self._restored and o.only_a_link]
        evidence, self._stale = gather(self._wan, self._watch, self._ports, self._signs, shown, out)
        if evidence == self._evidence:
            return
        before = self._diagnosis
        self._evidence = evidence
        after = diagnose(self._wan, evidence)
        self._mute_since = {node: self._mute_since.get(node, now) for node in after.mute}
        mutes = tuple(
            Fault(
                Root(RootKind.NODE, node), Severity.WARNING, (node,), onset=self._mute_since[node]
            )
            for node in sorted(after.mute)
        )
        self._diagnosis = Diagnosis(after.faults + mutes, after.dark, after.mute, after.cut_off)
        passing = frozenset(
            node
            for node in self._watch.looks
            if self._watch.looks[node].word is False
            and (node in after.mute or evidence.reachable.get(node))
        )
        self._touched |= passing ^ self._passing
        if before.cut_off is not after.cut_off:
            self._touched |= set(self._watch.looks)
        self._passing = passing
        self._fronts = frozenset(n for fault in after.faults for n in fault.fronts)
        self._dirty = self._ripeness.judge(self._diagnosis, self._book.fronts, now)
        self._flaps.gone(self._gone)
        for fault in after.faults:
            for symptom in fault.tokens:
                kind, _, name = symptom.partition(":")
                if kind in ("node", "link"):
                    self._flaps.note(symptom, now, new=name not in before.dark)

    def _restless(self, now: float) -> set[str]:
        """Nodes that must be asked until something is certain."""
        watch, ripeness = self._watch, self._ripeness
        ask = watch.unsettled | self._stale | ripeness.pardoned(now)
        ask |= self._wan.around(n for n in watch.unsettled if watch.looks[n].word is not False)
        opened = {node for outage in self._book.open for node in outage.down}
        for fault in self._diagnosis.faults:
            if fault.onset is not None and not opened.issuperset(fault.fronts):
                ask |= ripeness.pending(fault)
            for link in fault.links:
                ask.update(ripeness.unheard_ends(link))
        return ask

    def _over(self, outage: Outage, symptoms: frozenset[str], now: float) -> bool:
        """Whether an outage has ended: its symptoms are gone for good, and all who were behind it
        have answered or been asked in vain."""
        return (
            all(self._gone(symptom) for symptom in symptoms)
            and not (
                outage.id in self._restored and self._ripeness.unheard(symptoms, outage.down, now)
            )
            and not any(self._signs.may_be_lost(ups, self._watch, now) for ups in outage.batteries)
            and not any(self._flaps.active(symptom, now) for symptom in symptoms)
            and self._ripeness.pardoned(now).isdisjoint(outage.shadowed)
            and not self._may_be_its_link(outage, now)
        )

    def _may_be_its_link(self, outage: Outage, now: float) -> bool:
        """Whether a node that answers again may have found another way, a link of it being still
        out: its ports are polled now that it is back."""
        wan, looks = self._wan, self._watch.looks
        return any(
            not self._gone(f"link:{wan.links[k]}")
            for node in outage.down
            if looks[node].came_back_since(now - REMAINS_S)
            for _, k in wan.edges[wan.node_at[node]]
        )

    def _gone(self, symptom: str) -> bool:
        """Whether a symptom (`node:ID`, `link:ID`, `monitor:`) is known to be over. Of batteries
        `_over` knows."""
        kind, _, name = symptom.partition(":")
        if kind == "monitor":
            return not self._diagnosis.cut_off
        if kind == "node":
            look = self._watch.looks.get(name)
            return (
                look is None
                or look.word is True
                or (name in self._passing and name not in self._diagnosis.mute)
            )
        link = self._inventory.links.get(name)
        return link is None or not any(
            (word := self._ports.words.get((end, name))) is not None and not word[0]
            for end in (link.a, link.b)
        )

    def _publish(self, clock: Clock, changed: tuple[str, ...]) -> Snapshot:
        self._sequence += 1
        country, provinces = self._census.figures()
        return Snapshot(
            sequence=self._sequence,
            at=clock.utc,
            started_at=self._started_at,
            inventory=self._inventory,
            nodes=self._views.views,
            sites=self._census.sites,
            coverage=country,
            provinces=provinces,
            outages=self._book.open,
            cut_off=self._diagnosis.cut_off,
            changed_nodes=changed,
        )
