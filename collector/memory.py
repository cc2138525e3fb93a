"""What the collector remembers of a node between its errands."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Collection

from collector.failure import Failure
from collector.sample import Facts, PollFailed, Reach, Readings, Sample, Survey, Trap
from collector.speaker import Speaker
from collector.timeouts import Timeouts
from configs.inventory import Reachability

MUTE_AFTER = 3
JUST_NOW_S = 0.1
REFUSING_AFTER = 2  # a lost packet after a v3 discovery looks like one refusal

_log = logging.getLogger(__name__)


class Memory:
    """Which nodes do not answer, which refuse our credential, and how long each may take.

    A refusal is logged once, and once again when it is over; `refusing` tells those that do now,
    as (node, "snmp" or "ssh"). So are tables of neighbours that a node cannot be heard of, which
    are in `unheard` by node. `failures` counts failed looks and polls by their reason.
    """

    def __init__(self, timeout_s: float) -> None:
        self.timeouts = Timeouts(timeout_s)
        self._seen_at: dict[str, float] = {}
        self._misses: Counter[str] = Counter()
        self._refusals: Counter[tuple[str, str]] = Counter()
        self.refusing: set[tuple[str, str]] = set()
        self.unheard: dict[str, frozenset[str]] = {}
        self.failures: Counter[Failure] = Counter()

    def note(self, sample: Sample) -> None:
        """Learns from a sample."""
        if isinstance(sample, Reach):
            if sample.answered:
                self._misses.pop(sample.node, None)
                self._seen_at[sample.node] = sample.at
                if sample.rtt_s is not None:
                    self.timeouts.learn(sample.node, sample.rtt_s)
            else:
                self._misses[sample.node] += 1
        elif isinstance(sample, Speaker) and (sample.unheard or sample.node in self.unheard):
            self._spoke(sample)
        failure, detail = _failure(sample)
        if failure is not None:
            if not (isinstance(sample, Reach) and sample.answered):
                self.failures[failure] += 1
        elif not self._refusals:
            return
        protocol = _protocol(sample)
        if protocol is None:
            return
        key = (sample.node, protocol)
        if failure is Failure.AUTHENTICATION:
            self._refused(key, detail)
        elif failure is None:
            self._refusals.pop(key, None)
            if key in self.refusing:
                self.refusing.discard(key)
                _log.info("credential accepted again: node=%s over=%s", *key)

    def _refused(self, key: tuple[str, str], detail: str) -> None:
        self._refusals[key] += 1
        if self._refusals[key] >= REFUSING_AFTER and key not in self.refusing:
            self.refusing.add(key)
            _log.warning("credential refused: node=%s over=%s detail=%s", *key, detail)

    def _spoke(self, said: Speaker) -> None:
        before = self.unheard.pop(said.node, frozenset())
        now = {lack.table: lack.reason for lack in said.unheard}
        for table in sorted(now.keys() - before):
            _log.warning(
                "neighbours not heard: node=%s table=%s reason=%s", said.node, table, now[table]
            )
        for table in sorted(before - now.keys()):
            _log.info("neighbours heard again: node=%s table=%s", said.node, table)
        if now:
            self.unheard[said.node] = frozenset(now)

    def is_mute(self, node: str) -> bool:
        """Whether so many looks in a row went unanswered that asking for more is vain."""
        return self._misses.get(node, 0) >= MUTE_AFTER

    def saw(self, node: str, now: float) -> bool:
        """Whether a node has answered a look just now."""
        return now - self._seen_at.get(node, -math.inf) < JUST_NOW_S

    def forget(self, nodes: Collection[str]) -> None:
        self.timeouts.forget(nodes)
        for node in nodes:
            self._misses.pop(node, None)
            self._seen_at.pop(node, None)
            self.unheard.pop(node, None)
        self.refusing = {key for key in self.refusing if key[0] not in nodes}
        for key in [key for key in self._refusals if key[0] in nodes]:
            del self._refusals[key]


def _failure(sample: Sample) -> tuple[Failure | None, str]:
    if isinstance(sample, Reach | PollFailed):
        return sample.failure, sample.detail
    return None, ""


def _protocol(sample: Sample) -> str | None:
    """Whose credential a sample proves good or bad. Looks over SSH show none."""
    match sample:
        case Reach(method=Reachability.SNMP) | Readings() | Survey() | Speaker():
            return "snmp"
        case PollFailed(module=module):
            return "ssh" if module == "ssh" else "snmp"
        case Facts():
            return "ssh"
        case Reach() | Trap():
            return None
