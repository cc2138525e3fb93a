"""Pages against the truth: which were right, which were missing, which were too many."""

from __future__ import annotations

import math
from collections.abc import Sequence as Many
from dataclasses import dataclass, field

from benchmarks.soak.sequences import Step
from benchmarks.soak.truth import Active, Truth

LAG_S = 8.0  # so long after a change a verdict may still be about what was before
DUE_S = 10.0  # what can be seen so long must have been told


@dataclass(frozen=True, slots=True)
class Page:
    """`root` as a target; the outage is known by its id."""

    at: float
    outage: str
    root: str


@dataclass(frozen=True, slots=True)
class Spell:
    """While an open outage had one root."""

    outage: str
    root: str
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Log:
    """One sequence as it happened: what was done, and what was told of its province since then.
    All times are of one clock; `until` is when watching ended."""

    steps: tuple[Step, ...]
    pages: tuple[Page, ...]
    spells: tuple[Spell, ...]
    until: float


@dataclass(slots=True)
class Verdict:
    """`units`: distinguishable faults; `delays_s`: from when a fault could be seen to its page,
    `hurtful_s` of them those that silenced somebody. The lists hold what was wrong."""

    faults: int = 0
    units: int = 0
    pages: int = 0
    delays_s: list[float] = field(default_factory=list)
    hurtful_s: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    extra: list[Page] = field(default_factory=list)
    recovery: list[Page] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return not (self.lost or self.extra or self.recovery or self.stuck)


@dataclass(frozen=True, slots=True)
class _Epoch:
    since: float
    until: float
    active: Active


def judge(truth: Truth, log: Log) -> Verdict:
    """The verdict on one sequence."""
    epochs = _epochs(log)
    verdict = Verdict(faults=sum(step.do == "fail" for step in log.steps), pages=len(log.pages))
    told: dict[str, str] = {}  # fault: the outage of its page
    pages = sorted(log.pages, key=lambda page: page.at)
    for place, page in enumerate(pages):
        # A page of the same outage is another one: what was a warning is critical now.
        later = [other.at for other in pages[place + 1 :] if other.outage == page.outage]
        roots = [Spell(page.outage, page.root, page.at, page.at)]
        roots += [
            spell
            for spell in log.spells
            if spell.outage == page.outage and spell.since < min(later, default=math.inf)
        ]
        names = frozenset[str]().union(*(_named(truth, epochs, spell) for spell in roots))
        if names <= told.keys():
            after_heal = [s for s in log.steps if s.at_s <= page.at][-1].do == "heal"
            (verdict.recovery if after_heal else verdict.extra).append(page)
            continue
        first = _named(truth, epochs, roots[0]) or names
        _time(truth, epochs, verdict, page, first - told.keys())
        told.update(dict.fromkeys(names - told.keys(), page.outage))
        verdict.units += 1
    missing = _missing(truth, epochs, log)
    verdict.lost = sorted(missing)
    verdict.units += len(missing - told.keys())
    verdict.stuck = sorted({s.outage for s in log.spells if s.until >= log.until})
    return verdict


def _epochs(log: Log) -> list[_Epoch]:
    epochs, active = [], frozenset[str]()
    ends = [*(step.at_s for step in log.steps[1:]), log.until]
    for step, until in zip(log.steps, ends, strict=True):
        active = active | {step.target} if step.do == "fail" else active - {step.target}
        epochs.append(_Epoch(step.at_s, until, active))
    return epochs


def _named(truth: Truth, epochs: Many[_Epoch], spell: Spell) -> Active:
    """The faults that an outage named while it had this root."""
    return frozenset[str]().union(
        *(
            truth.named(spell.root, epoch.active)
            for epoch in epochs
            if epoch.since <= spell.until and epoch.until > spell.since - LAG_S
        )
    )


def _time(truth: Truth, epochs: Many[_Epoch], verdict: Verdict, page: Page, names: Active) -> None:
    """Notes how long the page took since the first of the faults could be seen."""
    seen = [
        (epoch.since, truth.hurts(fault, epoch.active))
        for fault in names
        for epoch in epochs
        if epoch.since <= page.at and truth.visible([fault], epoch.active)
    ]
    if seen:
        since, hurts = min(seen)
        verdict.delays_s.append(page.at - since)
        if hurts:
            verdict.hurtful_s.append(page.at - since)


def _missing(truth: Truth, epochs: Many[_Epoch], log: Log) -> set[str]:
    """Faults that could be seen for long and for which no outage accounted in that time, or none
    any more at the end of a time in which nothing changed."""
    missing = set()
    for fault in {step.target for step in log.steps}:
        run: list[_Epoch] = []
        for epoch in (*epochs, _Epoch(log.until, log.until, frozenset())):
            if fault in epoch.active and truth.visible([fault], epoch.active):
                run.append(epoch)
                due = epoch.until - epoch.since >= DUE_S
                if due and not _covered(truth, fault, epoch, log, epoch.until - 1.0):
                    missing.add(fault)
                continue
            long = run and run[-1].until - run[0].since >= DUE_S
            if long and not any(_covered(truth, fault, one, log, one.since) for one in run):
                missing.add(fault)
            run = []
    return missing


def _covered(truth: Truth, fault: str, epoch: _Epoch, log: Log, since: float) -> bool:
    """Whether the outages that were open in what remained of an epoch at a time account for all
    that was to be seen of a fault, and for nothing that was not."""
    sight = truth.sight(epoch.active)
    spells = [s for s in log.spells if s.since < epoch.until and s.until >= since]
    true_roots = {
        spell.root
        for spell in spells
        if truth.exists(spell.root) and truth.sight(epoch.active | {spell.root}) == sight
    }
    return truth.sight(epoch.active - {fault} | true_roots) == sight
