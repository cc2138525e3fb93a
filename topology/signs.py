"""What nodes say of mains and restarts, in time: words that are too old are no evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from collector.sample import Facts, Layout, Readings, Trap
from collector.sensor import STATE
from collector.vitals import PREFIX, SENSORS
from configs.powerwords import power_words
from topology.confirmation import Look, Watch

SENSOR_STATE = PREFIX + SENSORS[STATE][0]  # what a survey found, under its object
HELD_S = 3600.0  # for how long a word on the mains holds that nobody renews
NEWS_S = 180.0  # three polls: a UPS that lost its mains earlier than that would have said so
FOUND_S = 900.0  # after a start: until the last of a whole country was surveyed, and polled then
RECENT_S = 900.0  # for how long it matters that a node ran on while it was cut off
STRAGGLER_S = 6.0  # who is silent so long after others of its feed are back is named itself
BOOT_S = 120.0  # an uptime and a silence that differ by less are not told apart
ASKED_S = 90.0  # within this a UPS that is back has been polled
SLACK_S = 5.0


@dataclass(frozen=True, slots=True)
class Mains:
    """The last word of a UPS, and since when it has been saying so."""

    lost: bool
    at: float
    since: float


@dataclass(slots=True)
class Return:
    """A silence that is over. `front`: it was not merely behind another; `restarted`: once it is
    known whether the node had."""

    node: str
    since: float
    back_at: float
    front: bool
    restarted: bool | None = None


class Signs:
    """Words on power of every node that gave one."""

    def __init__(self) -> None:
        self.mains: dict[str, Mains] = {}
        self._returns: dict[str, Return] = {}
        self._news: list[Return] = []
        self._started: dict[str, float] = {}
        self._high: dict[str, tuple[float, float]] = {}  # uptimes that will soon begin anew, when
        self._places: WeakKeyDictionary[Layout, list[tuple[int, str]]] = WeakKeyDictionary()

    def take(self, sample: Readings | Facts | Trap, look: Look) -> bool:
        """Whether what is known of power or restarts changed."""
        if isinstance(sample, Facts):
            return self._uptime(sample.node, [sample.uptime_s], sample.at)
        words = power_words()
        if isinstance(sample, Trap):
            if words.started.meant_by(sample.oid, sample.varbinds):
                self._started[sample.node] = sample.at
                return self._uptime(sample.node, [0.0], sample.at)
            for meaning, lost in ((words.lost, True), (words.present, False)):
                if meaning.meant_by(sample.oid, sample.varbinds):
                    return self._hear(sample.node, lost, sample.at, look)
            return False
        changed, uptimes, said = False, [], set()
        for place, subject in self._where(sample.layout):
            value = sample.numbers[place]
            if subject in words.uptime and not math.isnan(value):
                uptimes.append(self._seconds(sample, subject, value))
            elif value in words.lost.values(subject):
                said.add(True)
            elif value in words.present.values(subject):
                said.add(False)
        if said:
            changed = self._hear(sample.node, any(said), sample.at, look)
        return self._uptime(sample.node, uptimes, sample.at) or changed

    def returned(self, node: str, since: float, back_at: float, front: bool) -> None:
        """A node answers again that had been silent since then."""
        back = self._returns[node] = Return(node, since, back_at, front)
        if self._started.get(node, -math.inf) >= since - SLACK_S:
            self._judge(back, restarted=True)

    def news(self) -> list[Return]:
        """The returns of which it became known, since the last call, how they were."""
        news, self._news = self._news, []
        return news

    def expire(self, now: float, looks: Mapping[str, Look]) -> bool:
        """Whether anything was forgotten for its age; the last word of a silent UPS is not."""
        old = [
            node for node, word in self.mains.items()
            if node not in looks or (now - word.at > HELD_S and looks[node].word is not False)
        ]  # fmt: skip
        gone = [
            node for node, back in self._returns.items()
            if now - back.back_at > (STRAGGLER_S if back.restarted else RECENT_S)
        ]  # fmt: skip
        for node in old:
            del self.mains[node]
        for node in gone:
            del self._returns[node]
        return bool(old or gone)

    def batteries(self, looks: Mapping[str, Look]) -> dict[str, float | None]:
        """UPSes that run on battery, and since when."""
        return {
            node: word.since
            for node, word in self.mains.items()
            if word.lost and node in looks and _holds(word, looks[node], HELD_S)
        }

    def may_be_lost(self, node: str, watch: Watch, now: float) -> bool:
        """Whether a UPS that was on battery may be so still: its last word says so, or it is back
        and was not asked again yet."""
        word, look = self.mains.get(node), watch.looks.get(node)
        if look is None:
            return False
        if word is None:  # nothing said since the start
            return watch.started is not None and now - watch.started < FOUND_S
        return word.lost and (_holds(word, look, HELD_S) or now - look.back_at < ASKED_S)

    def fed(self, looks: Mapping[str, Look]) -> frozenset[str]:
        """UPSes that had their mains when last heard, not long before they fell silent."""
        return frozenset(
            node
            for node, word in self.mains.items()
            if not word.lost and node in looks and _holds(word, looks[node], NEWS_S)
        )

    def returns(self, restarted: bool) -> dict[str, float]:
        """Nodes that came back lately with (or without) a restart, to when they had fallen
        silent. That a node ran on which was behind another says nothing."""
        return {
            back.node: back.since
            for back in self._returns.values()
            if back.restarted is restarted and (restarted or back.front)
        }

    def _hear(self, node: str, lost: bool, at: float, look: Look) -> bool:
        old = self.mains.get(node)
        if old is not None and at < old.at:
            return False
        same = old is not None and old.lost is lost
        self.mains[node] = Mains(lost, at, old.since if old is not None and same else at)
        return not same or (old is not None and old.at < look.back_at < math.inf)

    def _uptime(self, node: str, uptimes: list[float], at: float) -> bool:
        """Judges the node's last silence by how long it says to be up, if all that it says of that
        agrees."""
        back = self._returns.get(node)
        if back is None or back.restarted is not None or not uptimes or at < back.since:
            return False
        if at - max(uptimes) >= back.since - SLACK_S:
            self._judge(back, restarted=True)
        elif at - min(uptimes) < back.since - BOOT_S and at >= back.back_at:
            self._judge(back, restarted=False)
        return back.restarted is not None

    def _judge(self, back: Return, restarted: bool) -> None:
        back.restarted = restarted
        self._news.append(back)

    def _seconds(self, sample: Readings, metric: str, value: float) -> float:
        """The uptime of a reading; where it had to begin anew since the last one, as if it had
        not."""
        meaning = power_words().uptime[metric]
        seconds, wraps = value / meaning.per_second, meaning.wraps / meaning.per_second
        key = f"{sample.node} {metric}"
        if seconds > 0.9 * wraps:
            self._high[key] = seconds, sample.at
        elif (high := self._high.get(key)) and high[0] + sample.at - high[1] > wraps - BOOT_S:
            return seconds + wraps
        return seconds

    def _where(self, layout: Layout) -> list[tuple[int, str]]:
        """(position, metric or object) of the readings that tell of power or uptime."""
        found = self._places.get(layout)
        if found is None:
            words = power_words()
            wanted = {*words.uptime}
            for meaning in (words.lost, words.present):
                wanted |= meaning.readings.keys() | meaning.sensors.keys()
            subjects = [
                ".".join(map(str, series.index)) if series.metric == SENSOR_STATE else series.metric
                for series in layout.numbers
            ]
            found = [(i, subject) for i, subject in enumerate(subjects) if subject in wanted]
            self._places[layout] = found
        return found


def _holds(word: Mains, look: Look, longest_s: float) -> bool:
    """Whether a word still counts: not much older than the last answer of its UPS, and said since
    that is back."""
    if look.word is False:
        return look.silent_since is None or look.silent_since - word.at <= longest_s
    is_news = look.back_at == math.inf or word.at >= look.back_at
    return is_news and look.alive_at - word.at <= longest_s
