"""How an outage is put into words, the same on every screen."""

from __future__ import annotations

from configs.messages import Messages
from exporters.schema.picture import OutageOut, RootOut
from tui.desk import Desk
from tui.letters import placed, short_name, tidy
from tui.look import CRITICAL, DOWN, MUTED, PLANNED, UP, WARNING
from tui.screens.view import Subject
from tui.widgets.lines import Piece


def blinds(outage: OutageOut) -> bool:
    """Whether it is the monitor's own: nobody knows who is covered behind it."""
    return outage.root.kind == "monitor"


def root_kind(root: RootOut) -> str:
    """The kind as people name it: the group of all that stands at a site is that site."""
    return "site" if root.kind == "group" and root.id.startswith("site:") else root.kind


def root_name(say: Messages, root: RootOut) -> str:
    """The root by its name alone, for where its kind stands beside it."""
    if root.kind == "monitor":
        return root_words(say, root)
    return tidy(root.name or root.id)


def root_words(say: Messages, root: RootOut) -> str:
    """The root by kind and name: `đường truyền …`; a node by its name alone."""
    return say(f"console.root.{root_kind(root)}", name=tidy(root.name or root.id))


def place_of(outage: OutageOut) -> str:
    """Where the root is: `Xã Cái Nước, Cà Mau`."""
    return placed(tidy(outage.site_name), short_name(tidy(outage.province_name)))


def subject_of(say: Messages, outage: OutageOut) -> Subject | None:
    """The root, as it would hurt a network in which nothing else is broken; None for what is no
    part of the network."""
    root = outage.root
    if root.kind == "monitor":
        return None
    return Subject(f"{root.kind}:{root.id}", root_words(say, root), now=False)


def mark_of(outage: OutageOut) -> Piece:
    """A glyph that tells severe from warning, and both from planned, silenced and over."""
    if outage.ended is not None:
        return UP.glyph, UP.style
    if outage.maintenance:
        return PLANNED.glyph, PLANNED.style
    if outage.silenced:
        return DOWN.glyph, MUTED
    return ("×", CRITICAL) if outage.severity == "critical" else ("▲", WARNING)


def timer_of(desk: Desk, outage: OutageOut) -> str:
    """How long it has lasted, or lasted."""
    end = outage.ended or desk.clock.utc()
    return desk.figures.timer((end - outage.since).total_seconds())
