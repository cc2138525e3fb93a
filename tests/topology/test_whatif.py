"""Ask before it breaks."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings

from configs.inventory import GroupKind, RiskGroup
from tests.topology.nation import nation
from tests.topology.networks import Case, cases, network
from topology.errors import TargetError
from topology.graph import Wan
from topology.weakness import risky_pairs, weak_groups, weak_points
from topology.whatif import whatif


def test_a_failing_router_cuts_off_its_single_homed_communes_and_weakens_the_others() -> None:
    blast = whatif(Wan(nation()), ["hub-0a"])
    assert blast.failed == ("node:hub-0a",)
    assert set(blast.nodes) == {"hub-0a", "cpe-0-2", "cpe-0-4"}
    assert set(blast.sites) == {"xa-0-2", "xa-0-4"}
    assert blast.weakened["xa-0-0"] == "link:cpe-0-0--hub-0b"
    assert "xa-1-0" not in blast.weakened
    assert "xa-0-1" not in blast.weakened  # it hangs on one line today already


def test_targets_may_be_sites_groups_and_provinces() -> None:
    wan = Wan(nation())
    assert whatif(wan, ["site:hub-0"]).sites == whatif(wan, ["power-0"]).sites
    assert set(whatif(wan, ["province:01"]).sites) == set(whatif(wan, ["site:hub-0"]).sites)


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("hub-0", "site:hub-0"),
        ("hub-0c", "node:hub-0"),
        ("node:hub-0x", "node:hub-0"),
        ("?", "not the id"),
    ],
)
def test_a_target_that_names_nothing_or_much_is_refused_with_a_hint(target: str, hint: str) -> None:
    inventory = nation()
    inventory.groups["hub-0"] = inventory.groups["power-0"]
    with pytest.raises(TargetError, match=hint):
        whatif(Wan(inventory), [target])


def test_a_ring_has_no_weak_point_but_a_risky_pair_for_every_segment() -> None:
    wan = network("mabc", [("m", "a"), ("a", "b"), ("b", "c"), ("c", "m")])
    assert weak_points(wan) == ()
    pairs = {pair.members: pair.sites for pair in risky_pairs(wan)}
    assert pairs[("link:c-m", "link:m-a")] == 3
    assert pairs[("node:a", "node:c")] == 1


def test_two_lines_to_the_same_router_are_a_risky_pair_of_what_hangs_on_them() -> None:
    wan = network("mhab", [("m", "h"), ("m", "h"), ("h", "a"), ("h", "b"), ("h", "b")])
    pairs = {pair.members: pair.sites for pair in risky_pairs(wan)}
    assert pairs == {("link:m-h", "link:m-h-2"): 3}


def test_a_router_is_the_weak_point_of_a_site_whose_lines_all_end_on_it() -> None:
    lines = [("m", "h"), ("m", "g"), ("g", "h"), ("h", "a"), ("h", "b")]
    wan = network("mghab", lines, sites={"g": "hub", "h": "hub", "a": "commune", "b": "commune"})
    assert [(point.members, point.sites) for point in weak_points(wan)] == [(("node:h",), 1)]


def test_the_worst_pair_of_the_nation_is_told_first() -> None:
    (worst, *_) = risky_pairs(Wan(nation(communes=12)))
    assert worst.sites == 13
    (group, *_) = weak_groups(Wan(nation(communes=12)))
    assert group.group == "power-0"
    assert group.sites == 13


def test_a_group_on_which_the_monitor_itself_hangs_says_so_and_counts_whom_others_miss() -> None:
    inventory = nation()
    inventory.groups["dc-power"] = RiskGroup("dc-power", GroupKind.POWER, ("node:core-1",))
    (first, *others) = weak_groups(Wan(inventory))
    assert (first.group, first.cut_off) == ("dc-power", True)
    assert first.sites == 1  # its own: from the other centre all others are seen
    assert not any(group.cut_off for group in others)


@given(cases(largest=9, faults=3))
def test_walking_around_what_fails_finds_whom_looking_at_everybody_finds(case: Case) -> None:
    wan = case.wan
    nodes, links = wan.positions(case.failed)
    before, after = wan.live(), wan.live(nodes, links)
    assert wan.lost(nodes, links) == {n for n, was in enumerate(before) if was and not after[n]}


@given(cases(largest=9, faults=0))
def test_risky_groups_cut_off_as_many_as_brute_force_says(case: Case) -> None:
    wan = case.wan
    plain = {
        group.id: wan.live().count(1) - wan.live(*wan.positions(group.members)).count(1)
        for group in wan.inventory.groups.values()
    }
    found = {group.group: group.sites for group in weak_groups(wan)}
    assert found == {group: sites for group, sites in plain.items() if sites}


def hurt(wan: Wan, *members: str) -> set[str]:
    return set(wan.behind(members))


@given(cases(largest=9, groups=False, faults=0))
def test_weak_points_are_those_that_brute_force_finds(case: Case) -> None:
    wan = case.wan
    found = {point.members[0]: point.sites for point in weak_points(wan)}
    for node in wan.nodes[1:]:
        assert found.get(f"node:{node}", 0) == len(hurt(wan, f"node:{node}")) - 1
    for link in wan.links:
        count = len(hurt(wan, f"link:{link}"))
        assert found.get(f"link:{link}", 0) == (count if count > 1 else 0)


@settings(max_examples=60, deadline=None)
@given(cases(largest=8, groups=False, faults=0))
def test_risky_pairs_cut_off_as_many_as_brute_force_says(case: Case) -> None:
    wan = case.wan
    pairs = {pair.members: pair.sites for pair in risky_pairs(wan, most=10_000)}
    for members, sites in pairs.items():
        alone = set().union(*(hurt(wan, member) for member in members))
        assert sites == len(hurt(wan, *members) - alone)
    names = {member for members in pairs for member in members}
    for a, b in combinations(sorted(names), 2):
        alone = hurt(wan, a) | hurt(wan, b)
        nested = hurt(wan, a) & hurt(wan, b)
        if hurt(wan, a, b) - alone and not nested:
            assert (a, b) in pairs
