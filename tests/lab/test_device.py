"""Counters never fall, agree at both ends of a link, and stand still while it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.inventory import Link
from lab.country import build
from lab.device import IN, OUT, PORT_ROWS, UPTIME, Device, Port, Wiring, device
from lab.traffic import Floats

NATION = build(1, 68)
WIRING = Wiring(NATION)
TIMES = st.floats(0, 30 * 86_400)
LINKS = st.sampled_from(list(NATION.inventory.links.values()))


def made(node: str) -> Device:
    return device(WIRING, NATION.inventory.nodes[node])


def port_of(one: Device, link: str) -> Port:
    return next(port for port in one.ports if port.link and port.link.id == link)


def counters(one: Device, port: Port, t: float) -> Floats:
    assert port.row is not None
    return one.values(t)[port.row : port.row + PORT_ROWS]


@given(LINKS, TIMES, st.floats(0.1, 86_400))
def test_what_leaves_one_end_enters_the_other(link: Link, t: float, span_s: float) -> None:
    a, b = made(link.a), made(link.b)
    at_a = counters(a, port_of(a, link.id), t + span_s) - counters(a, port_of(a, link.id), t)
    at_b = counters(b, port_of(b, link.id), t + span_s) - counters(b, port_of(b, link.id), t)
    half = PORT_ROWS // 2
    assert at_a[OUT:] == pytest.approx(at_b[IN:half], rel=1e-3, abs=20)
    assert at_a[IN:half] == pytest.approx(at_b[OUT:], rel=1e-3, abs=20)


@given(LINKS, TIMES, st.floats(0.01, 3600))
def test_counters_never_fall(link: Link, t: float, span_s: float) -> None:
    one = made(link.a)
    port = port_of(one, link.id)
    assert (counters(one, port, t + span_s) >= counters(one, port, t)).all()


def test_more_flows_in_office_hours_than_at_night() -> None:
    link = next(iter(NATION.inventory.links.values()))
    one = made(link.a)
    port = port_of(one, link.id)

    def rate(hour: float) -> float:
        t = hour * 3600
        return float((counters(one, port, t + 600) - counters(one, port, t))[OUT])

    assert rate(10) > 2 * rate(3)


def test_a_cut_link_freezes_its_counters_and_a_mended_one_goes_on_from_there() -> None:
    one = made("hub-04-r1")
    port = next(port for port in one.ports if port.link)
    before = counters(one, port, 40_000.0)
    assert one.set_port(port, up=False, carries=False, t=40_000.0)
    assert (counters(one, port, 50_000.0) == before).all()
    assert one.set_port(port, up=True, carries=True, t=50_000.0)
    after = counters(one, port, 50_060.0)
    assert (after >= before).all()
    fresh = made("hub-04-r1")
    ran = counters(fresh, port, 50_060.0) - counters(fresh, port, 50_000.0)
    assert after - before == pytest.approx(ran, rel=1e-3, abs=20)
    assert port.changed == one.uptime(50_000.0)


def test_a_port_of_a_carrier_service_stays_up_while_nothing_passes() -> None:
    one = made("hub-04-r1")
    port = next(port for port in one.ports if port.link)
    assert not one.set_port(port, up=True, carries=False, t=40_000.0)
    assert (counters(one, port, 50_000.0) == counters(one, port, 41_000.0)).all()


def test_a_node_that_was_switched_on_again_counts_from_nothing() -> None:
    one = made("hub-04-r1")
    boots = one.boots
    one.reboot(40_000.0)
    port = next(port for port in one.ports if port.link)
    assert one.boots == boots + 1
    assert one.uptime(40_001.0) == 100
    assert counters(one, port, 40_000.0) == pytest.approx(0, abs=20)
    assert one.values(40_002.0)[UPTIME] == pytest.approx(200)
    assert counters(one, port, 40_060.0)[OUT] > 0
