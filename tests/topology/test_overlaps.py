"""Faults that overlap in time and space: one page each, and none for what heals."""

from __future__ import annotations

import pytest

from benchmarks.soak.judge import Log, Page, Spell, judge
from benchmarks.soak.sequences import Step
from benchmarks.soak.truth import Truth
from configs.inventory import GroupKind, RiskGroup
from tests.topology.nation import nation
from tests.topology.networks import network
from tests.topology.soak import logs
from tests.topology.world import Told, World
from topology.evidence import Evidence
from topology.flapping import Flaps
from topology.graph import Wan
from topology.outage import Severity
from topology.rootcause import diagnose

SEEDS = range(6)


def settled(seed: int, **kinds: bool) -> World:
    world = World(nation(**kinds), seed, traps=True)
    assert not world.run(8).opened
    return world


def play(world: World, *acts: tuple[float, str, str]) -> list[str]:
    """The roots that were told while these things were done: (after s, "fail" or "heal", what)."""
    heard: list[Told] = []
    for after_s, do, what in acts:
        heard.append(world.run(after_s, 0.1))
        (world.fail if do == "fail" else world.heal)(what)
    heard.append(world.run(12, 0.1))
    return [outage.root.id for one in heard for _, outage in one.opened]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_commune_that_died_seconds_before_its_hub_is_a_fault_of_its_own(seed: int) -> None:
    world = settled(seed)
    told = play(world, (0, "fail", "node:cpe-0-2"), (3.5, "fail", "node:hub-0a"))
    assert told == ["cpe-0-2", "hub-0a"]
    assert {o.root.id for o in world.turn.snapshot.outages} == {"cpe-0-2", "hub-0a"}


@pytest.mark.parametrize("seed", SEEDS)
def test_communes_of_a_hub_of_which_one_router_comes_back_as_the_other_goes_are_no_roots(
    seed: int,
) -> None:
    told = play(
        settled(seed, power=False),
        (0, "fail", "node:hub-0a"),
        (7.8, "fail", "node:hub-0b"),
        (1.3, "heal", "node:hub-0a"),
        (8, "heal", "node:hub-0b"),
    )
    assert told == ["hub-0a", "hub-0b"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_commune_that_loses_its_other_way_too_belongs_to_the_link_that_was_out_before(
    seed: int,
) -> None:
    world = settled(seed)
    told = play(
        world,
        (0, "fail", "link:cpe-0-3--hub-0b"),
        (6, "fail", "node:hub-0a"),
        (8, "heal", "node:hub-0a"),
    )
    assert told == ["cpe-0-3--hub-0b", "hub-0a"]
    (outage,) = world.turn.snapshot.outages
    assert outage.root.id == "cpe-0-3--hub-0b"


@pytest.mark.parametrize("heal_after_s", [0.8, 3.0, 8.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_who_lost_power_while_cut_off_is_no_root_when_the_hub_comes_back(
    seed: int, heal_after_s: float
) -> None:
    country = nation(communes=8, power=False)
    feed = tuple(f"node:cpe-0-{c}" for c in (1, 2, 4, 5))
    country.groups["feed"] = RiskGroup("feed", GroupKind.POWER, feed)
    world = World(country, seed, traps=True)
    assert not world.run(8).opened
    told = play(
        world,
        (0, "fail", "node:hub-0a"),
        (12, "fail", "group:feed"),
        (heal_after_s, "heal", "node:hub-0a"),
    )
    assert told == ["hub-0a", "feed"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_link_that_was_out_before_explains_no_new_silence(seed: int) -> None:
    country = nation(communes=16, power=False, access=True)
    world = World(country, seed, traps=True)
    assert not world.run(8).opened
    told = play(
        world,
        (0, "fail", "link:cpe-0-0--hub-0b"),
        (12, "fail", "group:access-0a"),  # the other line of this commune among them
        (8, "heal", "link:cpe-0-0--hub-0b"),
        (6, "heal", "group:access-0a"),
    )
    assert told == ["cpe-0-0--hub-0b", "access-0a"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hub_whose_routers_lose_their_uplinks_one_after_the_other_is_no_fire(seed: int) -> None:
    told = play(
        settled(seed, power=False),
        (0, "fail", "link:hub-0a--core-1"),
        (8.4, "fail", "link:hub-0b--core-2"),
        (11, "heal", "link:hub-0a--core-1"),
        (8, "heal", "link:hub-0b--core-2"),
    )
    assert told == ["hub-0a--core-1", "hub-0b"]


@pytest.mark.parametrize("seed", range(16))
def test_who_loses_his_last_way_as_his_router_is_told_makes_it_no_mute_one(seed: int) -> None:
    world = World(nation(communes=16, power=False, access=True), seed, traps=True)
    assert not world.run(8).opened
    told = play(
        world,
        (0, "fail", "node:hub-0a"),
        (1.6, "fail", "link:cpe-0-12--hub-0b"),  # he answered just before, by this line
    )
    assert told == ["hub-0a", "cpe-0-12"]


@pytest.mark.parametrize("power", [True, False])
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_router_that_failed_after_its_uplink_stays_told_of_while_another_hides_it(
    seed: int, power: bool
) -> None:
    told = play(
        settled(seed, power=power),
        (0, "fail", "link:hub-0b--core-2"),
        (6, "fail", "node:hub-0b"),
        (2.5, "fail", "node:hub-0a"),
        (10, "heal", "node:hub-0a"),
    )
    assert told == ["hub-0b--core-2", "hub-0b", "hub-0a"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_feed_that_fails_seconds_after_a_line_is_a_page_of_its_own(seed: int) -> None:
    country = nation(communes=16, power=False, access=True)
    world = World(country, seed, traps=True)
    assert not world.run(8).opened
    told = play(world, (0, "fail", "link:cpe-0-1--hub-0b"), (5, "fail", "group:feed-0"))
    assert told == ["cpe-0-1", "feed-0"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_node_that_finds_another_way_leaves_its_outage_to_its_line(seed: int) -> None:
    country = nation(communes=16, power=False, access=True)
    world = World(country, seed, traps=True)
    assert not world.run(8).opened
    told = play(
        world,
        (0, "fail", "group:access-0b"),
        (2, "fail", "link:cpe-0-3--hub-0a"),
        (10, "heal", "group:access-0b"),
    )
    assert sorted(told) == ["access-0b", "cpe-0-3"]
    (outage,) = world.turn.snapshot.outages
    assert outage.root.id == "cpe-0-3--hub-0a"
    assert outage.severity is Severity.WARNING


def roots(wan: Wan, evidence: Evidence) -> list[str]:
    return [fault.root.id for fault in diagnose(wan, evidence).faults]


def test_a_duct_with_a_member_that_answers_over_nothing_else_did_not_fail() -> None:
    links = [("m", "h"), *(("h", leaf) for leaf in "abc")]
    names = ("h-a", "h-b", "h-c")
    duct = {"duct": tuple(f"link:{name}" for name in names)}
    wan = network("mhabc", links, duct, deaf=names)
    reachable = {"m": True, "h": True, "a": False, "b": False, "c": True}
    ports = dict.fromkeys((("h", name) for name in names), True)  # whatever happens
    assert roots(wan, Evidence(reachable, ports)) == ["a", "b"]
    assert roots(wan, Evidence(reachable | {"c": False}, ports)) == ["duct"]


@pytest.mark.parametrize("apart_s", [0.0, 5.0])
def test_a_node_with_another_way_than_the_duct_that_failed_is_a_fault_besides(
    apart_s: float,
) -> None:
    links = [("m", "h"), ("m", "g"), ("g", "a"), *(("h", leaf) for leaf in "abc")]
    duct = {"duct": ("link:h-a", "link:h-b", "link:h-c")}
    wan = network("mhgabc", links, duct)
    reachable = dict.fromkeys("mhg", True) | dict.fromkeys("abc", False)
    onset = {"a": apart_s, "b": 0.0, "c": 0.0}
    assert sorted(roots(wan, Evidence(reachable, onset=onset))) == ["a", "duct"]


def test_a_node_between_two_ducts_that_failed_belongs_to_them() -> None:
    links = [("m", "h"), ("m", "g")]
    links += [(hub, leaf) for hub, leaves in (("h", "abc"), ("g", "ade")) for leaf in leaves]
    ducts = {
        "duct-h": ("link:h-a", "link:h-b", "link:h-c"),
        "duct-g": ("link:g-a", "link:g-d", "link:g-e"),
    }
    wan = network("mhgabcde", links, ducts)
    reachable = dict.fromkeys("mhg", True) | dict.fromkeys("abcde", False)
    assert sorted(roots(wan, Evidence(reachable))) == ["duct-g", "duct-h"]


@pytest.mark.parametrize(
    ("ran_on", "told"),
    [(frozenset({"a"}), ["g-a", "h-a"]), (frozenset[str](), ["a"])],
    ids=["it ran on when it was cut off before", "it may have died"],
)
def test_a_line_that_failed_before_its_nodes_last_one_is_told_beside_that(
    ran_on: frozenset[str], told: list[str]
) -> None:
    wan = network("mhga", [("m", "h"), ("m", "g"), ("h", "a"), ("g", "a")])
    reachable = dict.fromkeys("mhg", True) | {"a": False}
    ports = {("h", "h-a"): False, ("g", "g-a"): False}
    evidence = Evidence(reachable, ports, out=frozenset({"h-a"}), ran_on=ran_on)
    assert sorted(roots(wan, evidence)) == told


def test_a_line_that_failed_before_a_duct_took_its_nodes_other_one_is_told_beside_it() -> None:
    links = [("m", "h"), ("m", "g"), ("g", "a"), *(("h", leaf) for leaf in "abc")]
    wan = network("mhgabc", links, {"duct": ("link:h-a", "link:h-b", "link:h-c")})
    reachable = dict.fromkeys("mhg", True) | dict.fromkeys("abc", False)
    evidence = Evidence(reachable, {("g", "g-a"): False}, out=frozenset({"g-a"}))
    assert sorted(roots(wan, evidence)) == ["duct", "g-a"]


def test_what_the_verdict_loses_sight_of_does_not_flap() -> None:
    flaps = Flaps()
    for at in range(8):
        flaps.note("link:l1", float(at))
        flaps.gone(lambda symptom: False)  # it is still out, whatever the verdict says
    assert not flaps.active("link:l1", 8.0)
    for at in range(8, 12):
        flaps.gone(lambda symptom: True)
        flaps.note("link:l1", float(at))
    assert flaps.active("link:l1", 12.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_overlaps_are_told_rightly(seed: int) -> None:
    inventory = nation(6, 16, power=seed % 2 == 0, ducts=seed % 3 == 0, access=seed > 1)
    truth = Truth(inventory)
    for log in logs(inventory, seed, count=12, width=6):
        assert isinstance(log, Log), log
        verdict = judge(truth, log)
        assert verdict.right, (verdict, log.steps)
        assert verdict.pages == verdict.units


START = Step(0.0, "fail", "node:hub-0a")
END = Step(20.0, "heal", "node:hub-0a")
RIGHT = Page(2.0, "o1", "node:hub-0a")


def log_of(*spells: Spell, pages: tuple[Page, ...] = (RIGHT,)) -> Log:
    return Log((START, END), pages, spells, 30.0)


def test_the_judge_is_content_with_one_page_a_fault() -> None:
    verdict = judge(Truth(nation()), log_of(Spell("o1", "node:hub-0a", 2.0, 20.5)))
    assert verdict.right
    assert (verdict.units, verdict.pages, verdict.delays_s) == (1, 1, [2.0])


def test_the_judge_misses_a_fault_that_nobody_told() -> None:
    verdict = judge(Truth(nation()), log_of(pages=()))
    assert verdict.lost == ["node:hub-0a"]
    assert verdict.units == 1


def test_the_judge_refuses_victims_as_roots_and_second_pages_and_pages_for_what_heals() -> None:
    victim = Page(3.0, "o2", "node:cpe-0-2")
    again = Page(6.0, "o3", "node:hub-0a")
    healing = Page(21.0, "o4", "node:cpe-0-4")
    log = log_of(Spell("o1", "node:hub-0a", 2.0, 20.5), pages=(RIGHT, victim, again, healing))
    verdict = judge(Truth(nation()), log)
    assert (verdict.extra, verdict.recovery) == ([victim, again], [healing])


def test_the_judge_takes_what_looks_the_same_for_the_same() -> None:
    link = "link:cpe-0-2--hub-0a"
    log = Log(
        (Step(0.0, "fail", link), Step(20.0, "heal", link)),
        (Page(2.0, "o1", "node:cpe-0-2"),),
        (Spell("o1", "node:cpe-0-2", 2.0, 20.5),),
        30.0,
    )
    assert judge(Truth(nation()), log).right


def test_the_judge_sees_an_outage_that_never_ends() -> None:
    assert judge(Truth(nation()), log_of(Spell("o1", "node:hub-0a", 2.0, 30.0))).stuck == ["o1"]
