from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text

from collector.failure import Failure
from collector.sample import Layout, PollFailed, Readings, Series
from configs.inventory import Role
from configs.module import Index, Lookup, Metric, Module
from configs.modulefile import built_in_modules
from exporters.exposition import Format
from exporters.fleet import Fleet
from store.frame import frame
from store.series import SeriesMemory
from tests.exporters.daemon import NOW, all_up, country, hub_cut, polled
from tests.series.fleet import layout, readings
from topology.identity import NodeIdentity, Sighting
from topology.snapshot import Snapshot
from topology.state import NodeState

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def rendered(
    snapshot: Snapshot,
    memory: SeriesMemory,
    *,
    fleet: Fleet | None = None,
    provinces: tuple[str, ...] = ("01", "66"),
    country: bool = True,
    form: Format = Format.TEXT,
) -> Samples:
    """Every sample by name and labels; fails on a family or a sample that stands twice."""
    parts = (fleet or Fleet(built_in_modules().values())).render(
        snapshot, frame(memory), form, provinces=provinces, country=country
    )
    text = b"".join(parts).removeprefix(b"\n").decode()
    if form is Format.OPENMETRICS:
        families = list(parse_openmetrics(text + "\n# EOF\n"))
    else:
        families = list(parse_text(text + "\n"))
    assert len({family.name for family in families}) == len(families)
    # The client's parser of the text format calls every counter a total.
    known = {line.partition("{")[0] for line in text.splitlines()}
    samples = [
        (s.name if s.name in known else f.name, frozenset(s.labels.items()), s.value)
        for f in families
        for s in f.samples
    ]
    found = {(name, labels): value for name, labels, value in samples}
    assert len(found) == len(samples)
    return found


def value(samples: Samples, name: str, **labels: str) -> float | None:
    """The one sample of a name with at least these labels."""
    matching = [v for (n, have), v in samples.items() if n == name and have >= labels.items()]
    assert len(matching) <= 1
    return matching[0] if matching else None


@pytest.mark.parametrize("form", Format)
def test_an_interface_has_snmp_exporters_labels_and_ours(form: Format) -> None:
    samples = rendered(all_up(country()), polled(country()), form=form)
    labels = {
        "ifIndex": "1", "ifName": "ifName-1", "ifAlias": "ifAlias-1",
        "node": "cpe-1", "site": "c-1", "province": "66", "role": "cpe",
    }  # fmt: skip
    key = ("ifHCInOctets", frozenset(labels.items()))
    assert samples[key] == 2.0**40 + 70_000


def test_the_info_of_a_node_says_what_it_is_and_follows_an_upgrade() -> None:
    memory, fleet = polled(country()), Fleet()
    identity = NodeIdentity("Cisco", "iosxe", "ISR4321/K9", "17.9.4a", 'FDO"1')
    for version in ("17.9.4a", "17.9.5a"):
        told = replace(identity, version=version)
        memory.put_identities([Sighting("cpe-1", told, NOW, NOW)])
        samples = rendered(all_up(country()), memory, fleet=fleet)
        (labels,) = (
            dict(labels)
            for name, labels in samples
            if name == "wanwatch_node_info" and ("node", "cpe-1") in labels
        )
        assert {key: labels[key] for key in asdict(told)} == asdict(told)
    assert value(samples, "wanwatch_node_info", node="cpe-2", serial="") == 1


def test_states_are_shown_one_hot_and_unknown_is_neither_up_nor_down() -> None:
    snapshot = hub_cut(all_up(country()))
    nodes = dict(snapshot.nodes)
    nodes["cpe-2"] = replace(nodes["cpe-2"], state=NodeState.UNKNOWN)
    sites = dict(snapshot.sites) | {"c-2": NodeState.UNKNOWN}
    samples = rendered(replace(snapshot, nodes=nodes, sites=sites), polled(country()))
    up = {node: value(samples, "wanwatch_node_up", node=node) for node in nodes}
    assert up == {"core-1": 1, "hub-66-a": 0, "cpe-1": 0, "cpe-2": None}
    hot = {s: value(samples, "wanwatch_node_state", node="cpe-1", state=s) for s in NodeState}
    assert hot == {"UP": 0, "DOWN": 0, "UNREACHABLE": 1, "UNKNOWN": 0}
    assert value(samples, "wanwatch_site_up", site="c-2") is None
    assert value(samples, "wanwatch_site_up", site="hub-66") == 0
    assert value(samples, "wanwatch_node_rtt_seconds", node="hub-66-a") is None
    assert value(samples, "wanwatch_node_rtt_seconds", node="core-1") == 0.012


def test_an_outage_counts_in_the_province_of_its_root() -> None:
    samples = rendered(hub_cut(all_up(country())), polled(country()))
    critical = {
        p: value(samples, "wanwatch_outages", province=p, severity="critical")
        for p in ("", "01", "66")
    }
    assert critical == {"": 0, "01": 0, "66": 1}
    assert value(samples, "wanwatch_outage_sites_hurt", outage="o-1", root="hub-66-a") == 3
    assert value(samples, "wanwatch_coverage_ratio", province="66") == 0
    assert value(samples, "wanwatch_sites", province="66", state="UNREACHABLE") == 2
    assert value(samples, "wanwatch_country_coverage_ratio") == 0.25
    assert value(samples, "wanwatch_monitor_cut_off") == 0


def test_provinces_apart_add_up_to_the_whole() -> None:
    snapshot, memory = hub_cut(all_up(country())), polled(country())
    whole = rendered(snapshot, memory)
    parts = [
        rendered(snapshot, memory, provinces=("01",), country=False),
        rendered(snapshot, memory, provinces=("66",), country=False),
        rendered(snapshot, memory, provinces=(), country=True),
    ]
    assert sum(map(len, parts)) == len(whole)
    assert {key: value for part in parts for key, value in part.items()} == whole


def test_series_of_a_node_that_is_not_polled_any_more_disappear() -> None:
    memory, snapshot, fleet = polled(country()), all_up(country()), Fleet()
    assert value(rendered(snapshot, memory, fleet=fleet), "sysUpTime", node="cpe-1") is not None
    memory.tick(500.0)
    later = rendered(snapshot, memory, fleet=fleet)
    assert value(later, "sysUpTime", node="cpe-1") is None
    assert value(later, "wanwatch_node_poll_age_seconds", node="cpe-1") == 430


def test_a_failing_poll_is_told_even_of_a_node_that_never_answered() -> None:
    inventory = country()
    memory = SeriesMemory(inventory)
    memory.put(readings("cpe-1", 1.0, layout()))
    memory.put_failed(PollFailed("cpe-2", 1.0, "if_mib", Failure.TIMEOUT))
    memory.tick(2.0)
    samples = rendered(all_up(inventory), memory)
    assert value(samples, "wanwatch_node_poll_success", node="cpe-1", module="if_mib") == 1
    assert value(samples, "wanwatch_node_poll_success", node="cpe-2", module="if_mib") == 0
    assert value(samples, "wanwatch_node_poll_success", node="core-1") is None


def test_a_renamed_port_and_a_new_one_show_at_the_next_scrape() -> None:
    memory, snapshot, fleet = (
        polled(country()),
        all_up(country()),
        Fleet(built_in_modules().values()),
    )
    rendered(snapshot, memory, fleet=fleet)
    memory.put(readings("cpe-1", 100.0, layout((1, 2, 3)), names={1: "uplink"}))
    memory.tick(101.0)
    samples = rendered(snapshot, memory, fleet=fleet)
    assert value(samples, "ifOperStatus", node="cpe-1", ifName="uplink") == 1
    assert value(samples, "ifOperStatus", node="cpe-1", ifIndex="3") == 1
    assert value(samples, "ifOperStatus", node="cpe-2", ifIndex="1") == 1


def test_labels_follow_a_reloaded_inventory() -> None:
    inventory = country()
    memory, fleet = polled(inventory), Fleet()
    rendered(all_up(inventory), memory, fleet=fleet)
    nodes = {id_: node for id_, node in inventory.nodes.items() if id_ != "cpe-2"}
    smaller = replace(inventory, nodes=nodes)
    stale = rendered(all_up(smaller), memory, fleet=fleet)  # its polls are still there for a tick
    assert value(stale, "sysUpTime", node="cpe-2") is None
    memory.reload(smaller)
    assert value(rendered(all_up(smaller), memory, fleet=fleet), "sysUpTime", node="cpe-1") == 7000


def test_a_node_that_was_given_another_role_is_labelled_so() -> None:
    inventory = country()
    memory, fleet = polled(inventory), Fleet()
    rendered(all_up(inventory), memory, fleet=fleet)
    nodes = inventory.nodes | {"cpe-1": replace(inventory.nodes["cpe-1"], role=Role.FIREWALL)}
    changed = replace(inventory, nodes=nodes)
    memory.reload(changed)
    samples = rendered(all_up(changed), memory, fleet=fleet)
    assert value(samples, "sysUpTime", node="cpe-1", role="firewall") == 7000


def test_two_modules_that_ask_for_the_same_give_one_series() -> None:
    inventory = country()
    memory = SeriesMemory(inventory)
    for module, number in (("first", 1.0), ("second", 2.0)):
        shape = Layout(module, (Series("sysUpTime"),), ())
        memory.put(Readings("cpe-1", 1.0, 0.1, shape, [number], ()))
    memory.tick(2.0)
    assert value(rendered(all_up(inventory), memory), "sysUpTime", node="cpe-1") == 1


def test_a_modules_index_and_lookups_become_labels_that_never_clash_with_ours() -> None:
    column = Metric(
        "slotTemperature",
        "1.3.6.1.4.1.9.1",
        "gauge",
        "Of the slot.",
        (Index("chassis", "gauge"), Index("node", "OctetString")),
        (Lookup(("chassis",), "slotName", "1.3.6.1.4.1.9.2", "DisplayString"),),
    )
    ours = Metric("wanwatch_node_up", "1.3", "gauge")
    module = Module("m", (), (), (column, ours))
    inventory = country()
    memory = SeriesMemory(inventory)
    shape = Layout(
        "m",
        (Series("slotTemperature", (1, 7, 8)), Series("wanwatch_node_up"), Series("né")),
        (Series("1.3.6.1.4.1.9.2", (1, 7, 8)),),
    )
    memory.put(Readings("cpe-1", 1.0, 0.1, shape, [40.5, 9, 9], ("Khe 1",)))
    memory.tick(2.0)
    samples = rendered(all_up(inventory), memory, fleet=Fleet([module]))
    labels = {"chassis": "1", "exported_node": "7.8", "slotName": "Khe 1", "node": "cpe-1"}
    assert value(samples, "slotTemperature", **labels) == 40.5
    assert value(samples, "wanwatch_node_up", node="cpe-1") == 1
