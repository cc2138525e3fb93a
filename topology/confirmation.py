"""N-of-M confirmation: how many looks make a word."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable

from collector.failure import Failure
from collector.sample import Reach
from configs.settings import Confirmation, Polling
from topology.losses import FLEET, LEAST_FLEET, MOST, Losses, misses_needed

REMEMBERED = 8  # looks of either kind; at half a second each, longer than any verdict takes


class Look:
    """What the looks at one node have shown. Times are seconds of the collector's clock.

    `word`: the confirmed word (True answers, False silent), None while nobody knows.
    `misses`, `answers`: counts over the last looks since the word changed; `recent` are those
    looks, newest in bit 0, 1 = answered. `losses`: how often looks at it are lost by chance.
    `answers`, `misses`: when the last few looks of either
    kind were sent; `sent_at`: the last of both. `back_at`: the first of the present run of
    answers, `returned_at`: of the run that ended its silence. `silent_since`: the first miss after
    which no word but silence was confirmed. `heard_at`: when it was known to answer last before the
    start.
    """

    __slots__ = (
        "answered_at", "answers", "asked_at", "back_at", "count", "failure", "failure_kind",
        "heard_at", "jitter_s", "looked_at", "loss_ratio", "losses", "misses", "recent",
        "returned_at", "rtt_s", "silent_since", "spoke_at", "word",
    )  # fmt: skip

    def __init__(self) -> None:
        self.word: bool | None = None
        self.recent = 0
        self.count = 0
        self.losses = Losses()
        self.answers = array("d")
        self.misses = array("d")
        self.heard_at = -math.inf
        self.back_at = math.inf
        self.returned_at = -math.inf
        self.silent_since: float | None = None
        self.looked_at: float | None = None
        self.answered_at: float | None = None
        self.asked_at = -math.inf
        self.spoke_at: float | None = None
        self.rtt_s: float | None = None
        self.jitter_s: float | None = None
        self.loss_ratio: float | None = None
        self.failure = self.failure_kind = ""

    @property
    def alive_at(self) -> float:
        """When the last answered look was sent."""
        return self.answers[-1] if self.answers else -math.inf

    @property
    def sent_at(self) -> float:
        return max(self.alive_at, self.misses[-1] if self.misses else -math.inf)

    def came_back_since(self, at: float) -> bool:
        """Whether the node answers, and was silent until after that; a single miss is no
        silence."""
        return self.word is True and at < self.returned_at

    def missed_since(self, at: float) -> int:
        """How many looks that were sent since then were in vain."""
        return sum(sent >= at for sent in self.misses)

    def looked_since(self, at: float) -> int:
        """How many looks that were sent since then have ended, up to REMEMBERED of either kind."""
        return self.missed_since(at) + sum(sent >= at for sent in self.answers)

    def agreeing(self, answered: bool, window: int) -> int:
        """How many of the last looks were answered, or were not."""
        heard = (self.recent & ((1 << window) - 1)).bit_count()
        return heard if answered else min(self.count, window) - heard

    @property
    def missed(self) -> int:
        """How many looks were in vain since the last answered one, while it is up."""
        return (self.recent & -self.recent).bit_length() - 1

    @property
    def settled(self) -> bool:
        """Whether the last look agrees with the word."""
        return self.count == 0 or self.word is bool(self.recent & 1)


class Watch:
    """The looks at every node, and what they amount to."""

    def __init__(self, settings: Confirmation, nodes: Iterable[str]) -> None:
        self.settings = settings
        self.started: float | None = None
        self.looks = {node: Look() for node in nodes}
        self.unsettled: set[str] = set()
        self._losses = Losses()  # of all nodes

    def keep(self, before: Watch) -> None:
        """Takes over what is known of the nodes that both have."""
        for node in self.looks:
            if node in before.looks:
                self.looks[node] = before.looks[node]
        self.started = before.started
        self.unsettled = before.unsettled & self.looks.keys()
        self._losses = before._losses

    def take(self, reach: Reach, hasty: bool = False) -> bool:
        """Whether this look changed the node's word. `hasty`: one miss is enough, for there is
        another reason to expect it. A miss of a look that was sent before the last answered one
        says nothing."""
        look, sent_at = self.looks[reach.node], _sent_at(reach)
        if reach.answered:
            look.answered_at = max(reach.at, look.answered_at or reach.at)
            if look.back_at == math.inf or (look.misses and look.misses[-1] > look.alive_at):
                look.back_at = sent_at
            if sent_at > look.alive_at:
                _remember(look.answers, sent_at)
            if look.word is not False:
                look.silent_since = None
            look.rtt_s, look.jitter_s = reach.rtt_s, reach.jitter_s
            look.failure = look.failure_kind = ""
        elif sent_at <= look.alive_at:
            if sent_at > look.back_at:  # it was away for a moment
                look.back_at = min(at for at in look.answers if at >= sent_at)
            return False
        else:
            if look.silent_since is None:
                look.silent_since = sent_at
            _remember(look.misses, sent_at)
            look.failure_kind = (reach.failure or Failure.TIMEOUT).value
            look.failure = reach.detail or look.failure_kind
        look.looked_at = max(reach.at, look.looked_at or reach.at)
        loss = reach.loss_ratio if reach.answered else 1.0
        look.loss_ratio = loss if look.loss_ratio is None else 0.75 * look.loss_ratio + 0.25 * loss
        changed = self._count(look, reach.answered, hasty)
        if look.settled:
            self.unsettled.discard(reach.node)
        else:
            self.unsettled.add(reach.node)
        return changed

    def _count(self, look: Look, answered: bool, hasty: bool) -> bool:
        most = self.settings.window + MOST
        if look.word is True and answered:
            look.losses.answered(look.missed)
            self._losses.answered(look.missed, max(FLEET * len(self.looks), LEAST_FLEET))
        look.recent = (look.recent << 1 | answered) & ((1 << most) - 1)
        look.count = min(look.count + 1, most)
        if look.word is answered:
            return False
        needed, window = self._needed(look, answered)
        if look.agreeing(answered, window) < min(needed, window) and not (hasty and not answered):
            return False
        if answered:
            look.silent_since = None
            if look.word is False:
                look.returned_at = look.back_at
        look.word = answered
        look.recent, look.count = int(answered), 1
        return True

    def _needed(self, look: Look, answered: bool) -> tuple[int, int]:
        """How many looks of how many make the word another one."""
        needed, window = self.settings.answers, self.settings.window
        if not answered:
            misses = self.settings.misses
            needed = misses_needed(look.losses.ratio(self._losses.ratio()), misses)
            return needed, window + needed - misses
        # An answer proves life; a miss does not prove death.
        return (1 if look.word is None else needed), window

    def spoke(self, node: str, at: float) -> None:
        """The node's agent answered, whatever the looks say."""
        look = self.looks[node]
        look.spoke_at = max(at, look.spoke_at or at)

    def fell_mute(self, node: str) -> None:
        """The node's agent was asked in vain."""
        self.looks[node].spoke_at = None

    def expire(self, now: float) -> list[str]:
        """Nodes that become unknown because nobody has looked for `unknown_after_s`, counted from
        the first call for those that were never looked at."""
        if self.started is None:
            self.started = now
        oldest = now - self.settings.unknown_after_s
        expired = []
        for node, look in self.looks.items():
            if look.word is not None and (look.looked_at or self.started) < oldest:
                look.word = None
                look.recent = look.count = 0
                look.silent_since = None
                self.unsettled.discard(node)
                expired.append(node)
        return expired


TIMEOUT_S = Polling().reachability_timeout_s


def _remember(times: array[float], at: float) -> None:
    """Keeps the last REMEMBERED times; an array, for two deques a node are 5 MB of a nation."""
    times.append(at)
    if len(times) > REMEMBERED:
        del times[0]


def _sent_at(reach: Reach) -> float:
    """When a look was sent, as nearly as it tells."""
    if reach.asked_at is not None:
        return reach.asked_at
    if reach.answered:
        return reach.at - (reach.rtt_s or 0.0)
    return reach.at - (TIMEOUT_S if reach.failure is Failure.TIMEOUT else 0.0)
