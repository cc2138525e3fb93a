"""Many sequences at once, each in a province of its own: what is to be done when, and a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from benchmarks.soak.judge import Log, Page, Spell
from benchmarks.soak.sequences import Maker, Sequence, Step

QUIET_S = 10.0  # after the last heal: long enough for a page too many to show itself


@dataclass(slots=True)
class Lane:
    """A sequence under way; `spells` by outage and root."""

    sequence: Sequence
    began: float
    steps: list[Step]
    done: list[Step] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)

    @property
    def until(self) -> float:
        return self.began + self.sequence.length_s + QUIET_S

    def saw(self, now: float, outage: str, root: str) -> None:
        for place in range(len(self.spells) - 1, -1, -1):
            spell = self.spells[place]
            if spell.outage == outage:
                if spell.root == root:
                    self.spells[place] = replace(spell, until=now)
                    return
                break
        self.spells.append(Spell(outage, root, now, now))


class Lanes:
    """`provinces`: where the sequences are to be, in their order. `strays` are pages of provinces
    in which nothing was broken."""

    def __init__(self, maker: Maker, provinces: Iterable[str], width: int) -> None:
        self._maker = maker
        self._waiting = list(provinces)
        self._width = width
        self._lanes: dict[str, Lane] = {}
        self.strays: list[Page] = []

    def __bool__(self) -> bool:
        return bool(self._waiting or self._lanes)

    def due(self, now: float) -> list[Step]:
        """What is to be done now; it counts as done at this moment."""
        while len(self._lanes) < self._width:
            free = next((p for p in self._waiting if p not in self._lanes), None)
            if free is None:
                break
            self._waiting.remove(free)
            sequence = self._maker.sequence(free)
            self._lanes[free] = Lane(sequence, now, list(sequence.steps))
        steps = []
        for lane in self._lanes.values():
            while lane.steps and lane.began + lane.steps[0].at_s <= now:
                step = replace(lane.steps.pop(0), at_s=now)
                lane.done.append(step)
                steps.append(step)
        return steps

    def saw(self, now: float, roots: Mapping[str, str]) -> None:
        """The open outages at a moment: id to root."""
        for outage, root in roots.items():
            lane = self._lanes.get(self._maker.province(root))
            if lane is not None:
                lane.saw(now, outage, root)

    def paged(self, page: Page) -> None:
        lane = self._lanes.get(self._maker.province(page.root))
        if lane is None or not lane.done:
            self.strays.append(page)
        else:
            lane.pages.append(page)

    def finished(self, now: float) -> list[Log]:
        """Takes out the sequences that are over."""
        over = [province for province, lane in self._lanes.items() if lane.until <= now]
        lanes = [self._lanes.pop(province) for province in over]
        return [Log(tuple(lane.done), tuple(lane.pages), tuple(lane.spells), now) for lane in lanes]
