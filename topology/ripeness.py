"""When a verdict is ripe: once all that could still change it has been looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from collector.memory import MUTE_AFTER
from topology.confirmation import Look, Watch
from topology.diagnosis import Diagnosis, Fault
from topology.graph import Wan
from topology.ports import Ports
from topology.signs import NEWS_S

GRACE_S = 5.0  # how long nodes behind a healed outage are asked again before they may be roots
# A verdict that never settles is told all the same, so long after its onset: at first once all that
# it depends on was looked at often enough, which takes longer while timeouts are stretched.
PATIENCE_S, MOST_PATIENCE_S = 6.0, 24.0


class Ripeness:
    """What the present diagnosis still waits for."""

    def __init__(self, wan: Wan, watch: Watch, ports: Ports) -> None:
        self._wan = wan
        self._watch = watch
        self._ports = ports
        self._diagnosis = Diagnosis()
        self._mute: dict[str, float] = {}  # and since when
        self._pardoned: dict[str, float] = {}
        self._shown: dict[str, float] = {}

    def keep(self, before: Ripeness) -> None:
        """Takes over what was judged, and who is pardoned, on another graph of the same nodes."""
        self._diagnosis, self._mute = before._diagnosis, before._mute
        self._pardoned, self._shown = before._pardoned, before._shown

    def emerge(self, node: str, at: float) -> None:
        """A silent node comes out of another's shadow: it is asked afresh before it may be a
        root."""
        self._pardoned[node] = at + GRACE_S
        self._shown[node] = at

    def judge(self, after: Diagnosis, known: Iterable[str], now: float) -> bool:
        """Takes up a new diagnosis; whether any node came out of another's shadow, still silent.
        Such are pardoned, unless they are `known` as roots."""
        before, self._diagnosis = self._diagnosis, after
        self._mute = {node: self._mute.get(node, now) for node in after.mute}
        roots = {front for fault in before.faults for front in fault.fronts}.union(known)
        came = False
        for fault in after.faults:
            for front in fault.fronts:
                if front in before.dark and front not in roots:
                    self.emerge(front, now)
                    came = True
        return came

    @property
    def shown(self) -> Mapping[str, float]:
        """Silent nodes that came out of another's shadow, and when: they failed before then."""
        looks = self._watch.looks
        gone = [node for node in self._shown if node not in looks or looks[node].word is not False]
        for node in gone:
            del self._shown[node]
        return self._shown

    def pardoned(self, now: float) -> set[str]:
        """Nodes that are asked again, and not judged yet."""
        looks = self._watch.looks
        self._pardoned = {
            node: until
            for node, until in self._pardoned.items()
            if now < until and node in looks and looks[node].word is False
        }
        return set(self._pardoned)

    def settled(self, fault: Fault, now: float, since: float = -math.inf) -> bool:
        """Whether all that a fault depends on has been looked at since it arose, or time is up,
        and its fronts were asked again after `since`."""
        looks = self._watch.looks
        if any(looks[front].sent_at <= since for front in fault.fronts):
            return False
        if any(looks[n].word is False and not looks[n].misses for n in fault.fronts):
            return False  # that it was silent before a restart says nothing of now
        if any(now < self._pardoned.get(front, now) for front in fault.fronts):
            return False
        if any(self.unheard_ends(link) for link in fault.links):
            return False
        if fault.onset is None:
            return True
        started = self._watch.started or -math.inf  # what began before could not be looked at
        opened = max([fault.onset, started, *(self._path_since(n) for n in fault.fronts)])
        pending = self.pending(fault)
        if not pending or now > opened + MOST_PATIENCE_S:
            return True
        enough = self._watch.settings.misses
        return now > opened + PATIENCE_S and all(
            looks[node].looked_since(fault.onset) >= enough for node in pending
        )

    def pending(self, fault: Fault) -> set[str]:
        """Nodes that may yet change the verdict on a fault."""
        onset = fault.onset if fault.onset is not None else -math.inf
        fronts = {front for other in self._diagnosis.faults for front in other.fronts}
        around = dict.fromkeys(self._wan.around(fault.fronts).union(fault.fronts), onset)
        for front in fault.fronts:
            for near in self._wan.neighbours(front):
                around.setdefault(near, onset)
                if near in self._mute:
                    # Only others behind it show that it works, and does so still.
                    since = max(onset, self._mute[near])
                    around |= dict.fromkeys(self._wan.neighbours(near), since)
        pending = {
            front
            for front in fault.fronts
            if not self._missed_enough(front, onset) or self._may_be_back(front)
        }
        for node, since in around.items():
            if node not in self._diagnosis.dark or node in fronts:
                look = self._watch.looks[node]
                if not look.settled or (look.word is not False and look.sent_at < since):
                    pending.add(node)
        return pending

    def unheard(self, symptoms: Iterable[str], down: Iterable[str], now: float) -> bool:
        """Whether what an outage of before the start was told by was not all heard again yet."""
        return any(self._only_remembered(symptom, now) for symptom in symptoms) or any(
            self._unpolled(node, now) for node in down
        )

    def _only_remembered(self, symptom: str, now: float) -> bool:
        """Whether nothing was heard since the start of a symptom (`node:ID`, `link:ID`, `monitor:`)
        of before it. Of nodes that answer, ports are waited for no longer than a UPS is."""
        kind, _, name = symptom.partition(":")
        looks = self._watch.looks
        if kind == "monitor":
            return not any(look.word for look in looks.values())
        if kind == "node":
            look = looks.get(name)
            return look is not None and not look.answers and look.spoke_at is None
        link = self._wan.inventory.links.get(name) if kind == "link" else None
        ends = self._ports.unheard(link) if link is not None else ()
        return any(looks[n].word is not True or now - looks[n].back_at < NEWS_S for n in ends)

    def _unpolled(self, node: str, now: float) -> bool:
        """Whether a node that was back when the monitor started, by one of several ways, has not
        told of all its ports yet: nobody saw it come back, so it is polled in its turn only. It is
        waited for no longer than for the ports of which an outage was told."""
        look, declared = self._watch.looks[node], self._wan.inventory.nodes[node]
        if declared.credential is None and declared.ssh is None:
            return False
        links = [self._wan.links[k] for _, k in self._wan.edges[self._wan.node_at[node]]]
        if len(links) < 2 or len(look.misses) >= MUTE_AFTER or now - look.back_at >= NEWS_S:
            return False
        return any(node in self._ports.unheard(self._wan.inventory.links[k]) for k in links)

    def unheard_ends(self, link: str) -> tuple[str, ...]:
        """Ends of a failed link, unless both have answered since it was said to be down: else one
        of them may be what failed, and the link its symptom."""
        declared = self._wan.inventory.links[link]
        ends = (declared.a, declared.b)
        looks = [self._watch.looks[end] for end in ends]
        for end in ends:
            since = self._ports.down_since.get((end, link), math.inf)
            if all(look.word is None or since < look.alive_at for look in looks):
                return ()
        return ends

    def _path_since(self, front: str) -> float:
        """Since when some neighbour of a front has been answering without a break: what the front
        missed before may be the path's fault."""
        return min((look.back_at for look in self._near(front)), default=-math.inf)

    def _may_be_back(self, front: str) -> bool:
        """Whether the first to come back of those that may fail with a front did so after that was
        last asked: what silenced them may be over for it too. A single lost look is no silence."""
        wan, looks = self._wan, self._watch.looks
        look = looks[front]
        if look.word is not False or look.silent_since is None:
            return False
        alike = wan.peers([front])
        for parent in wan.parents(wan.node_at[front]):
            alike.update(wan.neighbours(wan.nodes[parent]), [wan.nodes[parent]])
        asked_at, began = look.sent_at, look.silent_since - self._watch.settings.reprobe_s
        came = False
        for other in alike:
            for at in self._came_alive(other):
                if look.silent_since < at < asked_at:
                    return False
                if asked_at <= at < math.inf:
                    came = came or other in self._mute or looks[other].missed_since(began) > 1
        return came

    def _came_alive(self, node: str) -> tuple[float, ...]:
        """When a node's looks, its agent and others told again that it lives; the last such
        times, infinite for none."""
        look = self._watch.looks[node]
        spoke = math.inf if look.silent_since is None else look.spoke_at or math.inf
        return look.back_at, spoke, self._mute.get(node, math.inf)

    def _near(self, front: str) -> list[Look]:
        """The looks at those neighbours of a front that answer."""
        looks = (
            self._watch.looks[near]
            for near in self._wan.neighbours(front)
            if near not in self._diagnosis.dark
        )
        return [look for look in looks if look.word and look.answers]

    def _missed_enough(self, front: str, onset: float) -> bool:
        """Whether a silent front has missed enough looks, the last of them after a neighbour was
        seen to answer, so that the path there was whole."""
        look, near = self._watch.looks[front], self._near(front)
        if look.word is not False:
            return True
        if not near:  # of a neighbour that has only just come back, nobody knows since when
            beside = self._diagnosis.dark | self._diagnosis.mute
            return beside.issuperset(self._wan.neighbours(front))
        if look.missed_since(self._path_since(front)) < self._watch.settings.misses:
            return False
        return any(onset <= at <= look.misses[-1] for other in near for at in other.answers)
