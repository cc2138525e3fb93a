"""Every polled value in memory: what it is now, how fast it grows, and its last hour."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from collector.sample import Facts, PollFailed, Reach, Readings
from configs.inventory import Inventory
from store.arena import Arena
from store.block import Block, Poll
from store.durations import Durations
from store.kinds import IF_MIB, Kinds
from store.moves import Move, Moves
from store.reach import ReachHistory
from store.ring import Rings
from store.shape import Index, renamed
from topology.identity import Sighting

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class History:
    """Values at `end - (n-1-i) * step_s` (monotonic clock); NaN where nothing was measured."""

    end: float
    step_s: float
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SeriesStats:
    """`rings`: values with a history; `without_history`: left out by the bounds; `strangers`:
    polls of nodes that are not in the inventory."""

    series: int
    rings: int
    ring_bytes: int
    without_history: int
    strangers: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many rings are kept at most, in all (10 bytes each while a value stands still, 254 for an
    hour of 30 s steps when it moves) and for one node, and how many polls one tick takes in, so
    that no tick holds the loop."""

    rings: int = 250_000
    node_rings: int = 4_000
    polls_per_tick: int = 800


class SeriesMemory:
    """Written by the engine alone, read between its ticks. Times are of the collector's
    monotonic clock. Values older than `stale_after_s`, or than `stale_apart_s` says of
    their module, count as not measured.

    `durations`: how long polls took, by module. `limited`: nodes of which some values have no
    history because of the bounds, with how many. `identities`: what nodes are; another object when
    one of them is something else.
    """

    def __init__(
        self,
        inventory: Inventory,
        *,
        history_s: float = 3600.0,
        step_s: float = 30.0,
        stale_after_s: float = 90.0,
        stale_apart_s: Mapping[str, float] = {},
        kinds: Kinds = IF_MIB,
        bounds: Bounds = Bounds(),
    ) -> None:
        self.step_s = step_s
        self.stale_after_s = stale_after_s
        self.stale_apart_s = stale_apart_s
        self.bounds = bounds
        self.now = -np.inf
        self.facts: dict[str, Facts] = {}
        self.identities: Mapping[str, Sighting] = {}
        self.failures: dict[str, dict[str, PollFailed]] = {}
        self.limited: dict[str, int] = {}
        self.strangers = 0
        self.durations: dict[str, Durations] = {}
        slots = max(2, round(history_s / step_s))
        self.arena = Arena()
        self.rings = Rings(slots)
        self.reach = ReachHistory(slots)
        self._nodes: Mapping[str, object] = {}
        self._blocks: dict[str, dict[str, Block]] = {}
        self._staged: dict[tuple[str, str], Readings] = {}
        self._looks: list[Reach] = []
        self._every: tuple[Block, ...] | None = None
        self._polls: tuple[Poll, ...] | None = None
        self.moves = Moves(kinds)
        self._revisions = count(1)
        self._next_step: float | None = None
        self.reload(inventory)

    # What the engine writes.

    def put(self, readings: Readings) -> None:
        """Stages a poll for the next tick; an older one of the same module gives way to it."""
        self._staged[readings.node, readings.layout.module] = readings

    def put_failed(self, failed: PollFailed) -> None:
        """Remembers why a module of a node has no values, until it has some again."""
        if failed.node in self._nodes:
            self.failures.setdefault(failed.node, {})[failed.module] = failed

    def put_reach(self, reach: Reach) -> None:
        """Stages a look for the next tick."""
        self._looks.append(reach)

    def put_facts(self, facts: Facts) -> None:
        """Remembers what a node said of itself over its CLI."""
        if facts.node in self._nodes:
            self.facts[facts.node] = facts

    def put_identities(self, sightings: Iterable[Sighting]) -> None:
        """Remembers what nodes are."""
        fresh = {s.node: s for s in sightings if s.node in self._nodes}
        self.identities = {**self.identities, **fresh}

    def tick(self, now: float) -> int:
        """Takes in what is staged and closes steps that are over. The number of polls that are
        still staged because of the bounds: call again soon while it is not 0."""
        self.now = max(self.now, now)
        self.reach.absorb(self._looks)
        self._looks.clear()
        self._absorb()
        if self._next_step is None:
            self._next_step = self.now + self.step_s
        late = int((self.now - self._next_step) // self.step_s) + 1
        # Whole steps without a tick are gaps, except that the last one is what is known now.
        for behind in range(min(late, self.rings.slots), 0, -1):
            self._advance(measured=behind == 1)
        self._next_step += max(late, 0) * self.step_s
        return len(self._staged)

    def reload(self, inventory: Inventory) -> None:
        """Follows the nodes of another inventory; what leaves it is forgotten and its memory
        given back, what stays keeps its values and history."""
        self._nodes = inventory.nodes
        self.reach.set_nodes(inventory.nodes)
        for node in [n for n in self._blocks if n not in self._nodes]:
            for block in self._blocks.pop(node).values():
                self._release(block)
        self.moves.keep(self._nodes)
        self.identities = {n: s for n, s in self.identities.items() if n in self._nodes}
        for memory in (self.facts, self.failures, self.limited):
            for node in [n for n in memory if n not in self._nodes]:
                del memory[node]
        self._compact()

    # What everybody reads.

    @property
    def stats(self) -> SeriesStats:
        """How much is held."""
        return SeriesStats(
            series=self.arena.used - self.arena.dead,
            rings=len(self.rings),
            ring_bytes=self.rings.nbytes + self.reach.rings.nbytes,
            without_history=sum(self.limited.values()),
            strangers=self.strangers,
        )

    def blocks(self, node: str | None = None) -> Iterator[Block]:
        """The last polls of a node, or of all, by module."""
        for modules in self._blocks.values() if node is None else [self._blocks.get(node, {})]:
            for module in sorted(modules):
                yield modules[module]

    def every_block(self) -> tuple[Block, ...]:
        """All of them, by node; the same object until there are others."""
        if self._every is None:
            self._every = tuple(self.blocks())
        return self._every

    def polls(self) -> tuple[Poll, ...]:
        """What stands still of every block; the same object until one of them changes."""
        if self._polls is None:
            self._polls = tuple(block.poll() for block in self.every_block())
        return self._polls

    def fresh(self, block: Block) -> bool:
        """Whether a poll is recent enough to be shown as the present."""
        module = block.layout.module
        return self.now - block.at <= self.stale_apart_s.get(module, self.stale_after_s)

    def ages_s(self) -> NDArray[np.float64]:
        """How long ago each of `every_block` was polled."""
        blocks = self.every_block()
        return self.now - np.fromiter((block.at for block in blocks), np.float64, len(blocks))

    def stale(self) -> Iterator[Block]:
        """Those whose values are too old to be shown as the present."""
        least_s = min([self.stale_after_s, *self.stale_apart_s.values()])
        blocks = self.every_block()
        old = (blocks[place] for place in np.flatnonzero(self.ages_s() > least_s))
        return (block for block in old if not self.fresh(block))

    def text(self, node: str, metric: str, index: Index = ()) -> str:
        """The last known text of a node, "" when there is none."""
        texts = (block.text(metric, index) for block in self.blocks(node))
        return next(filter(None, texts), "")

    def number(self, node: str, metric: str, index: Index = ()) -> float | None:
        """The present value of a series; None when it is not known or no longer fresh."""
        for block in self.blocks(node):
            row = block.row(metric, index)
            if row is not None and self.fresh(block):
                value = float(self.arena.value[row])
                return None if np.isnan(value) else value
        return None

    def history(self, node: str, metric: str, index: Index = ()) -> History | None:
        """The last hour of a series, a counter as its rate per second; None when it has none."""
        for block in self.blocks(node):
            row = block.row(metric, index)
            if row is not None and self.arena.ring[row] >= 0:
                return self._history(self.rings.read(int(self.arena.ring[row])))
        return None

    def total_history(self, rows: Sequence[int]) -> History | None:
        """The last hour of the sum of some of the arena's rows; None when none has a history."""
        rings = self.arena.ring[np.array(rows, np.int64)]
        kept = rings[rings >= 0]
        return self._history(self.rings.total(kept)) if len(kept) else None

    def reach_history(self, node: str, measure: str = "rtt_s") -> History | None:
        """The last hour of `rtt_s`, `jitter_s` or `loss_ratio`, each slot the mean of its looks."""
        values = self.reach.read(node, measure)
        return None if values is None else self._history(values)

    def _history(self, values: NDArray[np.float32]) -> History | None:
        if self._next_step is None:
            return None
        return History(self._next_step - self.step_s, self.step_s, values)

    # How it is kept.

    def _absorb(self) -> None:
        chosen: list[tuple[Block, Readings]] = []
        for key in list(self._staged):
            if len(chosen) >= self.bounds.polls_per_tick:
                break
            readings = self._staged[key]
            block = self._blocks.get(key[0], {}).get(key[1])
            if readings.node not in self._nodes:
                self.strangers += 1
            elif block is None or readings.at > block.at:
                ready = self._placed(block, readings)
                if ready is None:
                    continue
                chosen.append((ready, readings))
            del self._staged[key]
        self._take(chosen)
        if self.arena.dead > max(self.arena.used // 2, 4096):
            self._compact()

    def _take(self, chosen: Sequence[tuple[Block, Readings]]) -> None:
        # Agents refresh their tables every few seconds: polls in quick succession tell no rate.
        elapsed = [readings.at - block.base_at for block, readings in chosen]
        rebase = [not elapsed_s < self.step_s / 10 for elapsed_s in elapsed]
        self.arena.absorb(
            [block.start for block, _ in chosen],
            [block.shape for block, _ in chosen],
            [readings.numbers for _, readings in chosen],
            elapsed,
            rebase,
        )
        for (block, readings), rebased in zip(chosen, rebase, strict=True):
            block.at, block.took_s = readings.at, readings.took_s
            self.durations.setdefault(block.layout.module, Durations()).add(readings.took_s)
            if rebased:
                block.base_at = readings.at
            if block.texts != readings.texts:
                block.texts, block.revision = readings.texts, next(self._revisions)
                self._polls = None
            failures = self.failures.get(block.node)
            if failures:
                failures.pop(block.layout.module, None)

    def _placed(self, block: Block | None, readings: Readings) -> Block | None:
        """The block for a poll: the one before, or a new one where the layout changed or another
        port took over an index. None while a large layout is being worked out."""
        texts = readings.texts
        if (
            block is not None
            and block.layout is readings.layout
            and (block.texts == texts or not renamed(block.shape, block.texts, block.shape, texts))
        ):
            return block
        move = self.moves.of(block, readings)
        return None if move is None else self._laid_out(block, readings, move)

    def _laid_out(self, old: Block | None, readings: Readings, move: Move) -> Block:
        """A new block; rows that remain keep their values and history."""
        block = Block(
            readings.node,
            readings.layout,
            move.shape,
            self.arena.allocate(move.shape),
            next(self._revisions),
            readings.texts,
            readings.at,
            readings.took_s,
        )
        if old is not None:
            block.base_at = old.base_at
            self.arena.carry(old.start + move.before, block.start + move.now)
            self._release(old)
        self._blocks.setdefault(block.node, {})[block.layout.module] = block
        self._every = self._polls = None
        self._give_rings(block)
        return block

    def _give_rings(self, block: Block) -> None:
        """A ring for every kept value of a block that has none yet, as far as the bounds go."""
        rows = block.shape.kept + block.start
        lacking = rows[self.arena.ring[rows] < 0]
        node_rings = sum(
            int(np.count_nonzero(self.arena.ring[other.rows] >= 0))
            for other in self.blocks(block.node)
        )
        room = min(self.bounds.node_rings - node_rings, self.bounds.rings - len(self.rings))
        given = lacking[: max(room, 0)]
        self.arena.ring[given] = self.rings.allocate(len(given))
        without = len(lacking) - len(given)
        if without and block.node not in self.limited:
            log.warning(
                "node=%s module=%s: %d of its values have no history; at most %d per node and %d "
                "in all are kept",
                block.node,
                block.layout.module,
                without,
                self.bounds.node_rings,
                self.bounds.rings,
            )
        if without:
            self.limited[block.node] = without
        else:
            self.limited.pop(block.node, None)

    def _release(self, block: Block) -> None:
        rings = self.arena.ring[block.rows]
        self.rings.release(rings[rings >= 0].tolist())
        self.arena.release(block.start, len(block.shape.bits))

    def _advance(self, *, measured: bool) -> None:
        column = np.full(self.rings.capacity, np.nan, np.float32)
        if measured:
            arena = self.arena
            shown = np.where(arena.bits > 0, arena.rate, arena.value)[: arena.used]
            for block in self.stale():
                shown[block.rows] = np.nan
            rows = np.flatnonzero(arena.ring[: arena.used] >= 0)
            with np.errstate(over="ignore"):  # a device may tell more than half of the digits hold
                column[arena.ring[rows]] = shown[rows]
            column[np.isinf(column)] = np.nan
        self.rings.advance(column)
        self.reach.advance(measured=measured)

    def _compact(self) -> None:
        """Gives dead rows and the rings of forgotten nodes back."""
        self._every = self._polls = None
        blocks = self.every_block()
        self.arena, starts = self.arena.compacted([(b.start, b.shape) for b in blocks])
        for block, start in zip(blocks, starts, strict=True):
            block.start = start
        rows = np.flatnonzero(self.arena.ring[: self.arena.used] >= 0)
        if self.rings.capacity > 2 * max(len(rows), 4096):
            self.rings = self.rings.compacted(self.arena.ring[rows])
            self.arena.ring[rows] = np.arange(len(rows), dtype=np.int32)
