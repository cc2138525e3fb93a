"""Settling: what a conversation brought is laid out, in a thread where it is much."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from functools import partial

from collector.failure import Failure
from collector.snmp.dialogue import Dialogue, Outcome

LARGE = 4_000  # values whose layout is computed in a thread, off the loop

_log = logging.getLogger(__name__)


class Settling:
    """Ends conversations. Those still in a thread when it is `closed` end without a word."""

    def __init__(self) -> None:
        self.closed = False

    def end(self, dialogue: Dialogue, outcome: Outcome) -> None:
        """Settles and finishes a conversation, sooner or later."""
        if dialogue.size < LARGE:
            dialogue.settle()
            dialogue.finish(outcome)
        else:
            settled = asyncio.get_running_loop().run_in_executor(None, dialogue.settle)
            settled.add_done_callback(partial(self._settled, dialogue, outcome))

    def _settled(self, dialogue: Dialogue, outcome: Outcome, settled: Future[None]) -> None:
        """Whoever waits hears of an end in any case, for a node is not asked again before."""
        if self.closed:
            return
        error = settled.exception()
        if error is None:
            dialogue.finish(outcome)
            return
        _log.error("an answer could not be laid out", exc_info=error)
        dialogue.fail(Failure.GARBAGE, "the monitor itself is at fault, see its log", outcome)
