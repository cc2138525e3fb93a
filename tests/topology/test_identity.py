"""What a node is, over time."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.identity import NodeIdentity, Sighting, sighted

AT = datetime(2026, 1, 31, 8, tzinfo=UTC)
LATER = AT + timedelta(days=1)
ISR = NodeIdentity("Cisco", "iosxe", "ISR4321/K9", "17.9.4a", "FDO1")
TEXTS = st.sampled_from(["", "a", "b", "generic"])
IDENTITIES = st.builds(NodeIdentity, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)


def after(told: NodeIdentity) -> tuple[Sighting, list[tuple[str, str, str]]]:
    """What is known of a router a day later, and what changed."""
    before, _ = sighted(None, "r1", ISR, AT)
    sighting, changes = sighted(before, "r1", told, LATER)
    return sighting, [(change.field, change.old, change.new) for change in changes]


def test_the_first_sight_is_no_change() -> None:
    assert sighted(None, "r1", ISR, AT) == (Sighting("r1", ISR, AT, AT), ())


def test_who_is_still_the_same_was_last_seen_now() -> None:
    assert after(ISR) == (Sighting("r1", ISR, AT, LATER), [])


@pytest.mark.parametrize(
    ("told", "changes"),
    [
        (replace(ISR, version="17.9.5a"), [("version", "17.9.4a", "17.9.5a")]),
        (replace(ISR, serial="FDO2"), [("serial", "FDO1", "FDO2")]),
        (
            NodeIdentity("Huawei", "vrp", "AR169F", "5.170", "2102"),
            [
                ("serial", "FDO1", "2102"),
                ("hardware", "ISR4321/K9", "AR169F"),
                ("os", "iosxe", "vrp"),
                ("version", "17.9.4a", "5.170"),
            ],
        ),
    ],
)
def test_another_box_or_other_software_begins_a_new_sighting(
    told: NodeIdentity, changes: list[tuple[str, str, str]]
) -> None:
    assert after(told) == (Sighting("r1", told, LATER, LATER), changes)


@pytest.mark.parametrize(
    "told",
    [
        NodeIdentity(),
        NodeIdentity(os="generic"),
        NodeIdentity("Cisco", "iosxe"),
        replace(ISR, serial=""),
    ],
)
def test_who_answers_half_is_still_what_he_was(told: NodeIdentity) -> None:
    assert after(told) == (Sighting("r1", ISR, AT, LATER), [])


def test_what_is_told_for_the_first_time_is_added_without_a_change() -> None:
    before, _ = sighted(None, "r1", replace(ISR, serial="", version=""), AT)
    assert sighted(before, "r1", ISR, LATER) == (Sighting("r1", ISR, AT, LATER), ())


def test_an_upgrade_told_by_half_an_answer_forgets_nothing_else() -> None:
    sighting, _ = after(NodeIdentity("Cisco", "iosxe", version="17.9.5a"))
    assert sighting.identity == replace(ISR, version="17.9.5a")


def test_another_box_does_not_inherit_what_it_does_not_tell() -> None:
    sighting, _ = after(NodeIdentity("Cisco", "iosxe", serial="FDO2"))
    assert sighting.identity == NodeIdentity("Cisco", "iosxe", serial="FDO2")


def test_other_rules_may_call_the_same_box_otherwise_without_an_event() -> None:
    before, _ = sighted(None, "r1", ISR, AT, "old rules")
    renamed = replace(ISR, os="ios-xe", hardware="Cisco ISR 4321", version="17.9.4a (MD)")
    now, changes = sighted(before, "r1", renamed, LATER, "new rules")
    assert changes == ()
    assert now == Sighting("r1", renamed, AT, LATER, "new rules")
    _, changes = sighted(now, "r1", ISR, LATER, "new rules")
    assert [change.field for change in changes] == ["hardware", "os", "version"]


def test_another_serial_number_is_another_box_by_whatever_rules() -> None:
    before, _ = sighted(None, "r1", ISR, AT, "old rules")
    now, changes = sighted(before, "r1", replace(ISR, serial="FDO2"), LATER, "new rules")
    assert [change.field for change in changes] == ["serial"]
    assert now.first_seen == LATER


@given(st.lists(IDENTITIES, min_size=1, max_size=8))
def test_changes_are_told_exactly_when_a_new_sighting_begins(told: list[NodeIdentity]) -> None:
    before: Sighting | None = None
    for day, identity in enumerate(told):
        at = AT + timedelta(days=day)
        now, changes = sighted(before, "r1", identity, at)
        assert now.last_seen == at
        assert bool(changes) == (before is not None and now.first_seen == at)
        assert all(change.old and change.new and change.old != change.new for change in changes)
        again, none = sighted(now, "r1", identity, at)
        assert none == ()
        assert astuple(again.identity) == astuple(now.identity)
        before = now
