"""Lines for what a node has: its interfaces and its links."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from exporters.schema.node import InterfaceOut, LinkOut
from tui.charts import bar
from tui.desk import Desk
from tui.figures import DASH
from tui.letters import tidy
from tui.look import CRITICAL, DIM, DOWN, KEY, MUTED, PLAIN, UP, WARNING
from tui.widgets.lines import Piece
from tui.widgets.rowtable import Cell, Column

BAR = 8
PORTS = (
    Column("", 1),
    Column("console.column.port", most=36, tail=5),
    Column("console.column.alias", least=110, most=40),
    Column("console.column.speed", 7, right=True),
    Column("console.column.in", 7, right=True),
    Column("", BAR),
    Column("console.column.out", 7, right=True),
    Column("", BAR),
    Column("console.column.errors", 6, right=True, least=78),
    Column("console.column.discards", 6, right=True, least=120),
)
LINKS = (
    Column("console.column.port", 22, tail=5),
    Column("console.column.neighbour"),
    Column("console.column.far_port", 22, least=90, tail=5),
    Column("console.column.carrier", 14, least=70),
    Column("console.column.capacity", 8, right=True),
)
BUSY, FULL = 0.7, 0.9
LEAST = 0.1  # of errors a second that is told; a little is not nothing
MANY = 99.95  # of them that are told in three figures, for which there is room


class PortLines:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def draw(self, port: InterfaceOut) -> Sequence[Cell]:
        rate = self._desk.figures.rate
        style = PLAIN if port.oper_status == "up" else MUTED
        return (
            _mark(port),
            (tidy(port.name or str(port.if_index)), style),
            (tidy(port.alias), MUTED),
            (rate(port.speed_bps), MUTED),
            (rate(port.in_bps), style),
            _load(port.in_bps, port.speed_bps),
            (rate(port.out_bps), style),
            _load(port.out_bps, port.speed_bps),
            self._count(port.in_errors_per_s, port.out_errors_per_s),
            self._count(port.in_discards_per_s, port.out_discards_per_s),
        )

    def _count(self, inward: float | None, outward: float | None) -> Piece:
        if inward is None and outward is None:
            return DASH, MUTED
        both, figures = (inward or 0.0) + (outward or 0.0), self._desk.figures
        if not both:
            return "0", MUTED
        if both < LEAST:
            return f"<{figures.number(LEAST, 1)}", WARNING
        return figures.number(both, 1) if both < MANY else figures.rate(both), WARNING


class LinkLines:
    """Links as seen from `node`."""

    def __init__(self, desk: Desk, node: str) -> None:
        self._desk = desk
        self._node = node

    def draw(self, link: LinkOut) -> Sequence[Cell]:
        here = link.a == self._node
        near, far = (link.a_port, link.b_port) if here else (link.b_port, link.a_port)
        return (
            (tidy(near) or DASH, PLAIN),
            self._neighbour(link.b if here else link.a),
            (tidy(far) or DASH, MUTED),
            (tidy(link.carrier), MUTED),
            (self._desk.figures.rate(link.capacity_bps or None), MUTED),
        )

    def _neighbour(self, node: str) -> list[Piece]:
        picture = self._desk.picture
        point = picture.point(picture.owner.get(node, "")) if picture else None
        return [(f"{point.name}  ", PLAIN), (node, MUTED)] if point else [(node, PLAIN)]


def _mark(port: InterfaceOut) -> Piece:
    """Switched off on purpose is no fault."""
    if port.admin_status == "down":
        return DASH, DIM
    mark = UP if port.oper_status == "up" else DOWN
    return mark.glyph, mark.style


def _load(bps: float | None, speed: float | None) -> list[Piece]:
    share = bps / speed if bps is not None and speed else None
    filled, empty = bar(share, BAR)
    style: Style = KEY
    if share is not None and share >= BUSY:
        style = CRITICAL if share >= FULL else WARNING
    return [(filled, style), (empty, DIM)]
