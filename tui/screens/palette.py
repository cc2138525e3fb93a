"""The palette: go anywhere, or do anything, by typing part of its name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from exporters.client import ClientError
from tui.desk import Desk
from tui.letters import folded
from tui.look import DOWN, MARKS, MUTED, PLAIN, UNKNOWN, UP, Mark
from tui.picture import Province, rank_of
from tui.screens.province import kind_words
from tui.screens.view import Open
from tui.widgets.lines import NAME_TAIL, Piece
from tui.widgets.rowtable import Cell, Column, RowTable

MOST = 200
COLUMNS = (Column("", 1), Column("", tail=NAME_TAIL), Column("", 30, tail=NAME_TAIL))


@dataclass(frozen=True, slots=True)
class Command:
    """Something that is no place: `run` does it."""

    title: str
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the palette; `weight` puts provinces before sites before nodes."""

    title: str
    kind: str
    mark: Piece
    folded: str
    weight: int
    go: Open | Command


class Palette(ModalScreen[Open | Command | None]):
    """Dismissed with what was chosen."""

    BINDINGS = [Binding("escape", "dismiss(None)", show=False)]  # noqa: RUF012

    def __init__(self, desk: Desk, commands: Sequence[Command]) -> None:
        super().__init__()
        self._desk = desk
        self._entry = Input(placeholder=desk.say("console.palette.hint"), compact=True)
        self._commands = commands
        self._targets = targets(desk, commands)
        self._table = RowTable[Target](desk, COLUMNS, _draw, _key)

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield self._entry
            yield self._table

    def on_mount(self) -> None:
        self._entry.focus()
        self._show("")
        if not self._desk.roster.entries:
            self._learn_names()

    @work
    async def _learn_names(self) -> None:
        """Nodes can be found by their names once those have been fetched."""
        with suppress(ClientError):
            await self._desk.roster.refresh(self._desk.client)
            self._targets = targets(self._desk, self._commands)
            self._show(self._entry.value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._show(event.value)
        self._table.action_to_row(0)

    @on(Input.Submitted)
    @on(RowTable.Chosen)
    def _chosen(self) -> None:
        if (target := self._table.pointed) is not None:
            self.dismiss(target.go)

    def key_down(self) -> None:
        self._table.action_move(1)

    def key_up(self) -> None:
        self._table.action_move(-1)

    def key_pagedown(self) -> None:
        self._table.action_page(1)

    def key_pageup(self) -> None:
        self._table.action_page(-1)

    def _show(self, query: str) -> None:
        order = found(self._targets, query)
        empty = self._desk.say("console.filter.nothing", wanted=query)
        self._table.show(self._targets, order, empty=empty)


def targets(desk: Desk, commands: Sequence[Command]) -> list[Target]:
    """Everything one can go to, commands first."""
    say, picture = desk.say, desk.picture
    result = [
        Target(command.title, "", ("›", MUTED), folded(command.title), 0, command)
        for command in commands
    ]
    if picture is None:
        return result
    kind = say("console.kind.province")
    for province in picture.by_name():
        mark = _mark_of(province)
        result.append(
            Target(
                province.name,
                kind,
                (mark.glyph, mark.style),
                province.folded,
                1,
                Open("province", province.id),
            )
        )
    down = {node for outage in picture.outages for node in outage.down}
    nodes = []
    for province in picture.by_name():
        for point in province.points:
            mark = MARKS[point.rank]
            piece = (mark.glyph, mark.style)
            text = f"{point.folded} {province.folded}"
            where = f"{kind_words(desk, point.kind)} · {province.name}"
            result.append(Target(point.name, where, piece, text, 2, Open("site", point.id)))
            for node in point.nodes:
                name = entry.name if (entry := desk.roster.by_id.get(node)) else node
                text = f"{folded(name)} {folded(node)}"
                # It may be down while another of its site answers.
                mark = MARKS[rank_of("DOWN", point.maintenance) if node in down else point.rank]
                piece = (mark.glyph, mark.style)
                nodes.append(Target(name, point.name, piece, text, 3, Open("node", node)))
    return result + nodes


def _mark_of(province: Province) -> Mark:
    coverage = province.coverage
    if coverage.down + coverage.unreachable:
        return DOWN
    return UNKNOWN if province.missing else UP


def found(choices: Sequence[Target], query: str) -> list[int]:
    """Indices of the choices that hold every word: first those that begin with the query, then
    those that have it whole, from the beginning of a word on."""
    query = folded(query.strip())
    words = query.split()
    hits = [
        (not target.folded.startswith(query), f" {query}" not in target.folded, target.weight, i)
        for i, target in enumerate(choices)
        if all(word in target.folded for word in words)
    ]
    return [i for *_, i in sorted(hits)[:MOST]]


def _key(target: Target) -> Hashable:
    """What the cursor holds on to while names of nodes are still being learnt."""
    go = target.go
    return (go.kind, go.id) if isinstance(go, Open) else go.title


def _draw(target: Target) -> Sequence[Cell]:
    return target.mark, (target.title, PLAIN), (target.kind, MUTED)
