"""What a node is, and what it was before: boxes are swapped, and their software is upgraded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

UNRECOGNISED = "generic"  # the system that stands for "no rule knows it"
TOLD = ("serial", "hardware", "os", "version")  # changes of them are events, in this order


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """What a node says it is; "" for what it does not tell."""

    vendor: str = ""
    os: str = ""
    hardware: str = ""
    version: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A node was this from `first_seen` on, and still so at `last_seen`, by the rules of
    recognition that have the fingerprint `rules`."""

    node: str
    identity: NodeIdentity
    first_seen: datetime
    last_seen: datetime
    rules: str = ""


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """One thing that a node is now and was not before; `field` is one of TOLD."""

    node: str
    at: datetime
    field: str
    old: str
    new: str


def sighted(
    before: Sighting | None, node: str, told: NodeIdentity, at: datetime, rules: str = ""
) -> tuple[Sighting, tuple[IdentityChange, ...]]:
    """What is known of a node after it was looked at, and what is another than `before`.

    What it did not tell this time stays as it was, unless it is another box; what it tells for
    the first time is added. Neither is a change, and nor is what other rules make of the same box.
    """
    if before is None:
        return Sighting(node, told, at, at, rules), ()
    was = before.identity
    changes = tuple(_changes(was, told, node, at))
    another = any(change.field == "serial" for change in changes)
    if not changes or (before.rules != rules and not another):
        told = _filled(told, was)
        return replace(before, identity=told, last_seen=at, rules=rules), ()
    return Sighting(node, told if another else _filled(told, was), at, at, rules), changes


def _changes(
    was: NodeIdentity, told: NodeIdentity, node: str, at: datetime
) -> Iterator[IdentityChange]:
    for field in TOLD:
        old, new = _known(was, field), _known(told, field)
        if old and new and old != new:
            yield IdentityChange(node, at, field, old, new)


def _filled(told: NodeIdentity, was: NodeIdentity) -> NodeIdentity:
    """`told`, and what was known where it tells nothing."""
    return NodeIdentity(
        told.vendor or was.vendor,
        _known(told, "os") or was.os or told.os,
        told.hardware or was.hardware,
        told.version or was.version,
        told.serial or was.serial,
    )


def _known(identity: NodeIdentity, field: str) -> str:
    value: str = getattr(identity, field)
    return "" if field == "os" and value == UNRECOGNISED else value
