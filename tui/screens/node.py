"""A node: how it is, what it carries, where it leads, what happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from exporters.schema.log import EventOut
from exporters.schema.node import InterfaceOut, LinkOut, NodeDetail
from tui.desk import Desk
from tui.letters import folded
from tui.look import MUTED
from tui.picture import matching
from tui.screens.events import EVENT_COLUMNS, EventLines
from tui.screens.nodefacts import NodeFacts, trouble_of
from tui.screens.ports import LINKS, PORTS, LinkLines, PortLines
from tui.screens.view import INNER_KEYS, Open, Subject, View
from tui.screens.vitals import VITALS, Measured, VitalLines, measured
from tui.widgets.rowtable import RowTable
from tui.widgets.sections import Sections
from tui.widgets.textblock import TextBlock

TALL = 40  # from here on the charts are three lines high


class NodeView(View):
    KEYS = (
        ("⏎", "console.key.open"),
        ("←→", "console.key.section"),
        ("s", "console.key.order"),
        ("w", "console.key.whatif"),
        *INNER_KEYS,
    )
    EVERY_S = 3.0
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "order", show=False)]

    def __init__(self, desk: Desk, node: str) -> None:
        super().__init__(desk)
        self._node = node
        self._detail: NodeDetail | None = None
        self._busiest_first = False
        self._events = EventLines(desk)
        self._facts = NodeFacts(desk)
        self._ports = RowTable[InterfaceOut](
            desk, PORTS, PortLines(desk).draw, lambda port: port.if_index, id="ports"
        )
        self._links = RowTable[LinkOut](
            desk, LINKS, LinkLines(desk, node).draw, lambda link: link.id, id="links"
        )
        self._vitals = RowTable[Measured](
            desk,
            VITALS,
            VitalLines(desk).draw,
            lambda row: (row.vital.metric, row.vital.name),
            id="vitals",
        )
        self._past = RowTable[EventOut](
            desk, EVENT_COLUMNS, self._events.draw, lambda event: event.id, id="past"
        )
        self._block = TextBlock(classes="facts")
        self._sections = Sections(
            desk,
            (
                ("console.node.ports", self._ports),
                ("console.node.links", self._links),
                ("console.node.vitals", self._vitals),
                ("console.node.events", self._past),
            ),
            (5, 2, 3, 3),
        )

    def body(self) -> Iterable[Widget]:
        yield self.head
        yield self._block
        yield self._sections

    async def fetch(self) -> None:
        self._detail = await self.desk.client.node(self._node)
        self._events.take(self._detail.events)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.tick)

    def show(self) -> None:
        say, grey, detail = self.desk.say, self.desk.faded or bool(self.trouble), self._detail
        if detail is None:
            words = self.trouble or say("console.waiting.answer")
            self.head.show([[(f" {self._node}   {words}", MUTED)]])
            return
        told = grey or detail.state != "UP"  # what a silent node has said last is not the present
        ports = self._sorted(detail.interfaces)
        order = matching((folded(f"{p.name} {p.alias}") for p in ports), self.wanted)
        none = trouble_of(say, detail) or say("console.node.no_ports")
        self._ports.show(
            ports,
            order,
            empty=say("console.filter.nothing", wanted=self.wanted) if self.wanted else none,
            grey=told,
            sorted_by="console.column.in" if self._busiest_first else "",
        )
        self._links.show(detail.links, empty=say("console.node.no_links"), grey=grey)
        vitals = measured(detail.vitals)
        self._vitals.show(vitals, empty=say("console.node.no_vitals"), grey=told)
        self._past.show(self._events.rows, empty=say("console.events.none"), grey=grey)
        counts = [len(ports), len(detail.links), len(vitals), len(self._events.rows)]
        self._sections.show(counts)
        headline = self._facts.headline(detail, self.trouble, self.size.width)
        self.head.show([headline], grey=grey)
        lines = self._facts.lines(detail, self.size.width, tall=self.size.height >= TALL)
        self._block.show(lines, grey=grey)

    def subject(self) -> Subject:
        """This node."""
        name = self._detail.name if self._detail else ""
        return Subject(f"node:{self._node}", name or self._node)

    def action_order(self) -> None:
        """Interfaces by index, or the busiest first."""
        self._busiest_first = not self._busiest_first
        self.show()

    @on(RowTable.Chosen, "#links")
    def _follow(self) -> None:
        if (link := self._links.pointed) is not None:
            self.post_message(Open("node", link.b if link.a == self._node else link.a))

    @on(RowTable.Chosen, "#past")
    def _open_outage(self) -> None:
        if (event := self._past.pointed) is not None and event.outage:
            self.post_message(Open("outage", event.outage))

    def _sorted(self, ports: list[InterfaceOut]) -> list[InterfaceOut]:
        if not self._busiest_first:
            return ports
        return sorted(ports, key=lambda port: -max(port.in_bps or 0.0, port.out_bps or 0.0))
