"""Outages in time: a verdict becomes an outage when it is ripe, keeps its identity while it is
revised, and ends when its symptoms are gone."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from topology.diagnosis import Diagnosis, Fault, token
from topology.graph import Wan
from topology.outage import Outage, Root, RootKind, Severity

SAME_START_S = 5.0  # an outage that began so near to the silence of all was its first sign
BATTERY_S = 15.0  # a UPS that tests itself, or a flicker, is over by then
WARNING_S = 3.5  # what hurts nobody waits for what it may be a part of
SPLIT_S = 6.0  # how long a part of an outage may take longer to recover


@dataclass(frozen=True, slots=True)
class Page:
    """What changed in the book in one turn."""

    opened: tuple[Outage, ...] = ()
    revised: tuple[Outage, ...] = ()
    ended: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """One moment on both clocks."""

    now: float
    utc: datetime

    def date(self, at: float | None) -> datetime:
        """The calendar time of a monotonic one; the present for None."""
        return self.utc if at is None else self.utc - timedelta(seconds=max(0.0, self.now - at))

    def at(self, date: datetime) -> float:
        """The monotonic time of a calendar one; the present for one that is yet to come."""
        return self.now - max(0.0, (self.utc - date).total_seconds())


@dataclass(slots=True)
class _Entry:
    outage: Outage
    tokens: frozenset[str]
    onset: float | None
    told: frozenset[str] = frozenset()  # every symptom that it ever had
    proposal: Fault | None = None  # the verdict as it may be revised, once it is ripe
    proposed_at: float = 0.0

    def take(self, fault: Fault) -> None:
        """The verdict as it is now."""
        self.proposal = None
        self.tokens = fault.tokens
        self.told |= fault.tokens


class Book:
    """The open outages, by id."""

    def __init__(self, wan: Wan, hold_down_s: float, restored: Iterable[Outage] = ()) -> None:
        self._wan = wan
        self._hold_down_s = hold_down_s
        self._entries = {
            outage.id: _Entry(outage, tokens := _tokens_of(wan, outage), None, tokens)
            for outage in restored
            if outage.ended is None
        }
        self.rebase(wan)  # which may be another than before the restart
        self._waiting: dict[Root, float] = {}

    @property
    def open(self) -> tuple[Outage, ...]:
        """Open outages, the oldest first."""
        return tuple(
            sorted((e.outage for e in self._entries.values()), key=lambda o: (o.since, o.id))
        )

    @property
    def fronts(self) -> frozenset[str]:
        """Silent nodes that open outages are told by: as failed, or as cut off by their line."""
        return frozenset(
            node
            for entry in self._entries.values()
            for node in (*entry.outage.down, *entry.outage.shadowed)
            if f"node:{node}" in entry.tokens
        )

    def rebase(self, wan: Wan) -> None:
        """Goes on with another inventory; nodes that are no longer in it are forgotten."""
        self._wan = wan
        for entry in self._entries.values():
            outage = entry.outage
            entry.outage = replace(
                outage,
                down=tuple(node for node in outage.down if node in wan.node_at),
                shadowed=tuple(node for node in outage.shadowed if node in wan.node_at),
            )

    def turn(
        self,
        diagnosis: Diagnosis,
        clock: Clock,
        settled: Callable[[Fault, float], bool],
        over: Callable[[Outage, frozenset[str]], bool],
    ) -> Page:
        """What changes, given the verdict. `settled`: whether all that a fault depends on has
        been looked at since it arose, and its fronts since a time as well; `over`: whether an
        outage with these symptoms has ended."""
        faults = diagnosis.faults
        heirs, merged = self._match(diagnosis)
        opened, revised, ended = [], [], []
        waiting: dict[Root, float] = {}
        for i, fault in enumerate(faults):
            if i in heirs:
                entry = self._entries[heirs[i]]
                if self._revise(entry, fault, clock, settled):
                    revised.append(entry.outage)
                continue
            began = self._waiting.get(fault.root, clock.now)
            if self._ripe_at(fault, began) <= clock.now and settled(fault, -math.inf):
                entry = _Entry(_outage(fault, clock), fault.tokens, fault.onset, fault.tokens)
                self._entries[entry.outage.id] = entry
                opened.append(entry.outage)
            else:
                waiting[fault.root] = began
        self._waiting = waiting
        for entry_id, into in merged.items():
            if self._entries[into].proposal is None:  # only once the common verdict is in force
                entry = self._entries.pop(entry_id)
                ended.append(replace(entry.outage, ended=clock.utc, merged_into=into))
        inherited = {*heirs.values(), *merged}
        for entry_id, entry in list(self._entries.items()):
            if entry_id in inherited or entry.outage in opened:
                continue
            entry.proposal = None
            if over(entry.outage, entry.tokens):
                del self._entries[entry_id]
                ended.append(replace(entry.outage, ended=clock.utc))
        return Page(tuple(opened), tuple(revised), tuple(ended))

    def _ripe_at(self, fault: Fault, began: float) -> float:
        """When a verdict that was first reached at `began` may become an outage of its own."""
        told = (entry.told for entry in self._entries.values())
        if fault.symptoms and any(fault.symptoms <= known for known in told):
            return began + SPLIT_S  # what was told already, and may only be slower to recover
        if fault.tokens == {f"mains:{ups}" for ups in fault.batteries}:
            return began + BATTERY_S
        if fault.severity is Severity.WARNING:
            return began + max(self._hold_down_s, WARNING_S)
        # The hold-down counts from the first sign, so that confirmation takes place in it.
        return self._hold_down_s + (began if fault.onset is None else min(began, fault.onset))

    def _match(self, diagnosis: Diagnosis) -> tuple[dict[int, str], dict[str, str]]:
        """(fault's position: id of the outage it continues, merged outage's id: id it is now
        part of)."""
        pairs = []
        for i, fault in enumerate(diagnosis.faults):
            tokens = fault.tokens
            for entry in self._entries.values():
                shared = len(tokens & entry.tokens) or self._is_remains(
                    fault, entry.outage, diagnosis.dark
                )
                swallowed = not shared and _swallowed(entry, fault)
                if shared or swallowed:
                    same = entry.outage.root == fault.root
                    rank = (not same, -shared, entry.outage.since, entry.outage.id, i)
                    pairs.append((rank, i, entry.outage.id))
        heirs: dict[int, str] = {}
        for _, i, entry_id in sorted(pairs):
            if i not in heirs and entry_id not in heirs.values():
                heirs[i] = entry_id
        taken = set(heirs.values())
        merged = {entry_id: heirs[i] for _, i, entry_id in sorted(pairs) if entry_id not in taken}
        return heirs, merged

    def _is_remains(self, fault: Fault, outage: Outage, dark: Set[str]) -> bool:
        """Whether a failed link is what had silenced a node that has found another way since."""
        if fault.root.kind is not RootKind.LINK or fault.fronts:
            return False
        link = self._wan.inventory.links[fault.root.id]
        return any(end in outage.down and end not in dark for end in (link.a, link.b))

    def _revise(
        self, entry: _Entry, fault: Fault, clock: Clock, settled: Callable[[Fault, float], bool]
    ) -> bool:
        old = entry.outage
        if (fault.root, fault.severity, fault.down, fault.shadowed) == (
            old.root, old.severity, old.down, old.shadowed,
        ):  # fmt: skip
            entry.take(fault)
            if (fault.alternatives, fault.confidence, fault.clues) != (
                old.alternatives, old.confidence, old.clues,
            ):  # fmt: skip
                entry.outage = replace(
                    old,
                    alternatives=fault.alternatives,
                    confidence=fault.confidence,
                    clues=fault.clues,
                )
            return False
        if entry.proposal is None or entry.proposal.root != fault.root:
            entry.proposed_at = clock.now
        entry.proposal = fault
        # Where a part is over the rest is looked at again: it may be over as well.
        since = entry.proposed_at if entry.tokens - fault.tokens else -math.inf
        if clock.now - entry.proposed_at < self._hold_down_s or not settled(fault, since):
            return False
        entry.take(fault)
        entry.outage = replace(
            old,
            root=fault.root,
            severity=fault.severity,
            down=fault.down,
            shadowed=fault.shadowed,
            alternatives=fault.alternatives,
            confidence=fault.confidence,
            clues=fault.clues,
            revision=old.revision + 1,
        )
        return True

    def flag(
        self, maintained: Callable[[Outage], bool], flapping: Callable[[frozenset[str]], bool]
    ) -> list[Outage]:
        """Outages whose flags changed; they are replaced in the book."""
        changed = []
        for entry in self._entries.values():
            flags = maintained(entry.outage), flapping(entry.tokens)
            if flags != (entry.outage.maintenance, entry.outage.flapping):
                entry.outage = replace(entry.outage, maintenance=flags[0], flapping=flags[1])
                changed.append(entry.outage)
        return changed


def _swallowed(entry: _Entry, fault: Fault) -> bool:
    """Whether an outage was the first sign of what silenced everything. Nothing else swallows: an
    outage is told only once what it hangs on was seen to answer after it had begun, so that it has
    a reason of its own, and will still be there when what hides it is healed."""
    if entry.onset is None or fault.onset is None:
        return False
    return fault.root.kind is RootKind.MONITOR and abs(entry.onset - fault.onset) <= SAME_START_S


def _outage(fault: Fault, clock: Clock) -> Outage:
    name = f"{token(fault.root)}@{clock.utc.isoformat()}"
    return Outage(
        id=hashlib.blake2s(name.encode(), digest_size=8).hexdigest(),
        root=fault.root,
        severity=fault.severity,
        since=clock.date(fault.onset),
        down=fault.down,
        shadowed=fault.shadowed,
        alternatives=fault.alternatives,
        confidence=fault.confidence,
        clues=fault.clues,
    )


def _tokens_of(wan: Wan, outage: Outage) -> frozenset[str]:
    """The symptoms of an outage that the store remembers."""
    tokens = {f"node:{node}" for node in outage.down}
    tokens |= {f"mains:{ups}" for ups in outage.batteries}
    link = wan.inventory.links.get(outage.root.id)
    if outage.root.kind is RootKind.LINK and link is not None:
        tokens.add(token(outage.root))  # and the end that it cuts off, which is not called down
        tokens |= {f"node:{end}" for end in (link.a, link.b) if end in outage.shadowed}
    if outage.root.kind is RootKind.GROUP and not tokens:
        group = wan.groups.get(outage.root.id)
        tokens.update(group.members if group else ())
    return frozenset(tokens) or frozenset({token(outage.root)})
