from __future__ import annotations

from threading import Event

import numpy as np
import pytest

from collector.failure import Failure
from collector.sample import Layout, PollFailed, Reach, Readings, Series
from configs.inventory import Reachability
from store.frame import frame
from store.interfaces import interfaces, traffic
from store.series import Bounds, SeriesMemory
from tests.series.fleet import inventory, layout, readings


def memory(*nodes: str, **options: object) -> SeriesMemory:
    return SeriesMemory(inventory(*nodes), history_s=300, step_s=30, **options)  # type: ignore[arg-type]


def poll(held: SeriesMemory, reading: Readings) -> None:
    held.put(reading)
    held.tick(reading.at)


def settle(held: SeriesMemory) -> None:
    """Waits for what is worked out in the thread."""
    held.moves.settle()
    assert held.tick(held.now) == 0


def test_two_polls_give_the_rates_of_an_interface() -> None:
    held, shape = memory("a"), layout()
    poll(held, readings("a", 0, shape, {"ifHCInOctets": 1000}))
    assert interfaces(held, "a")[0].in_bps is None
    poll(held, readings("a", 30, shape, {"ifHCInOctets": 4000}))
    first, second = interfaces(held, "a")
    assert (first.if_index, first.name, first.alias) == (1, "ifName-1", "ifAlias-1")
    assert first.in_bps == second.in_bps == 800
    assert first.in_errors_per_s == 0
    assert first.oper_status == "up"
    assert first.in_discards_per_s is None


def test_a_restarted_agent_has_no_rate_for_one_poll() -> None:
    held, shape = memory("a"), layout()
    poll(held, readings("a", 0, shape, {"ifHCInOctets": 1000}, uptime_s=5000))
    poll(held, readings("a", 30, shape, {"ifHCInOctets": 9000}, uptime_s=10))
    assert interfaces(held, "a")[0].in_bps is None
    poll(held, readings("a", 60, shape, {"ifHCInOctets": 12_000}, uptime_s=40))
    assert interfaces(held, "a")[0].in_bps == 800


def test_a_discontinuity_of_one_port_breaks_only_its_own_rate() -> None:
    shape = layout(metrics=("ifHCInOctets", "ifCounterDiscontinuityTime"))
    held = memory("a")
    poll(held, readings("a", 0, shape, {"ifHCInOctets": 1000}))
    later = readings("a", 30, shape, {"ifHCInOctets": 4000})
    numbers = list(later.numbers)
    numbers[shape.numbers.index(Series("ifCounterDiscontinuityTime", (2,)))] = 2900
    poll(held, Readings("a", 30, 0.01, shape, numbers, later.texts))
    assert [port.in_bps for port in interfaces(held, "a")] == [800, None]


def test_polls_in_quick_succession_leave_the_rate_as_it_was() -> None:
    held, shape = memory("a"), layout()
    for at, octets in ((0, 0), (30, 3000), (30.5, 3000)):
        poll(held, readings("a", at, shape, {"ifHCInOctets": octets}))
    assert interfaces(held, "a")[0].in_bps == 800
    poll(held, readings("a", 60, shape, {"ifHCInOctets": 9000}))
    assert interfaces(held, "a")[0].in_bps == 1600


def test_a_late_answer_does_not_replace_a_newer_one() -> None:
    held, shape = memory("a"), layout()
    poll(held, readings("a", 30, shape, {"ifOperStatus": 2}))
    poll(held, readings("a", 10, shape, {"ifOperStatus": 1}))
    assert held.number("a", "ifOperStatus", (1,)) == 2


def test_history_holds_a_value_per_step_and_gaps_where_nothing_was_measured() -> None:
    held, shape = memory("a", stale_after_s=45), layout()
    held.tick(0)
    for at in (10, 40, 70):
        poll(held, readings("a", at, shape, {"ifHCInOctets": at * 100}))
    held.tick(90)
    past = held.history("a", "ifHCInOctets", (1,))
    assert past is not None
    assert (past.end, past.step_s, len(past.values)) == (90, 30, 10)
    assert past.values[-3:].tolist() == [100, 100, 100]
    assert np.isnan(past.values[:-3]).all()
    held.tick(120)
    past = held.history("a", "ifHCInOctets", (1,))
    assert past is not None
    assert np.isnan(past.values[-1])


def test_steps_without_a_tick_are_gaps() -> None:
    held, shape = memory("a", stale_after_s=500), layout()
    held.tick(0)
    poll(held, readings("a", 29, shape, {"ifOperStatus": 1}))
    held.tick(30)
    held.tick(125)
    past = held.history("a", "ifOperStatus", (1,))
    assert past is not None
    assert past.end == 120
    assert np.isnan(past.values[-4:]).tolist() == [False, True, True, False]


def test_a_new_interface_leaves_the_history_of_the_others() -> None:
    held = memory("a")
    held.tick(0)
    shape = layout((1, 2))
    for at in (10, 40):
        poll(held, readings("a", at, shape, {"ifHCInOctets": at * 100}))
    held.tick(60)
    poll(held, readings("a", 70, layout((1, 2, 3)), {"ifHCInOctets": 7000}))
    ports = interfaces(held, "a")
    assert [port.in_bps for port in ports] == [800, 800, None]
    held.tick(90)
    old, new = (held.history("a", "ifHCInOctets", (p,)) for p in (2, 3))
    assert old is not None
    assert new is not None
    assert old.values[-2:].tolist() == [100, 100]
    assert np.isnan(new.values).all()


def test_a_port_that_took_over_an_index_does_not_inherit_its_past() -> None:
    held, shape = memory("a"), layout()
    held.tick(0)
    for at in (10, 40):
        poll(held, readings("a", at, shape, {"ifHCInOctets": at * 100}, names={1: "Gi0"}))
    held.tick(60)
    poll(held, readings("a", 70, shape, {"ifHCInOctets": 7000}, names={1: "Gi1"}))
    assert [port.in_bps for port in interfaces(held, "a")] == [None, 800]
    past = held.history("a", "ifHCInOctets", (1,))
    assert past is not None
    assert np.isnan(past.values).all()


def test_a_removed_node_gives_its_memory_back() -> None:
    nodes = [f"n{i}" for i in range(300)]
    held, shape = memory(*nodes), layout(range(1, 51))
    for node in nodes:
        held.put(readings(node, 0, shape))
    while held.tick(0):
        pass
    before = held.rings.nbytes
    held.reload(inventory("n0"))
    assert held.rings.nbytes < before / 5
    assert len(list(held.blocks())) == 1
    assert held.arena.used == len(shape.numbers)
    assert held.number("n0", "ifOperStatus", (50,)) == 1
    poll(held, readings("n5", 30, shape))
    assert held.strangers == 1


def test_a_kept_node_keeps_its_history_over_a_reload() -> None:
    held, shape = memory("a", "b"), layout()
    held.tick(0)
    for node in ("a", "b"):
        poll(held, readings(node, 1, shape, {"ifOperStatus": 2}))
    held.tick(30)
    held.reload(inventory("b"))
    past = held.history("b", "ifOperStatus", (2,))
    assert past is not None
    assert past.values[-1] == 2
    assert held.history("a", "ifOperStatus", (2,)) is None


def test_twenty_thousand_interfaces_do_not_take_rings_without_bound(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = memory("a", "b", bounds=Bounds(node_rings=1000))
    shape = layout(range(1, 20_001))
    for at in (0, 30):
        poll(held, readings("a", at, shape))
        settle(held)
    assert len(held.rings) == 1000
    assert held.limited == {"a": 4 * 20_000 - 1000}
    assert caplog.text.count("have no history") == 1
    assert held.number("a", "ifOperStatus", (20_000,)) == 1
    poll(held, readings("b", 30, layout()))
    assert "b" not in held.limited


def test_a_large_table_is_worked_out_beside_the_others() -> None:
    held = memory("a", "b")
    big = layout(range(1, 5001))
    busy = Event()
    held.moves._thread.submit(busy.wait)
    held.put(readings("a", 0, big, {"ifHCInOctets": 0}))
    held.put(readings("b", 0, layout()))
    assert held.tick(0) == 1
    assert held.number("b", "ifOperStatus", (1,)) == 1
    busy.set()
    settle(held)
    held.put(readings("a", 30, layout(range(1, 6001)), {"ifHCInOctets": 30_000}))
    held.tick(30)
    settle(held)
    ports = interfaces(held, "a")
    assert [port.in_bps for port in ports[4999:5001]] == [8000, None]
    assert len(interfaces(held, "a", limit=10, offset=5995)) == 5


def test_a_large_table_that_changes_while_it_is_worked_out_is_worked_out_again() -> None:
    held = memory("a")
    held.put(readings("a", 0, layout(range(1, 5001))))
    held.tick(0)
    held.put(readings("a", 1, layout(range(1, 5002))))
    held.tick(1)
    settle(held)
    assert len(interfaces(held, "a")) == 5001


def test_a_node_that_leaves_while_its_table_is_worked_out_is_forgotten() -> None:
    held = memory("a", "b")
    held.put(readings("a", 0, layout(range(1, 5001))))
    held.tick(0)
    held.reload(inventory("b"))
    settle(held)
    assert list(held.blocks()) == []


def test_a_tick_takes_in_no_more_than_its_bounds() -> None:
    held = memory("a", "b", "c", bounds=Bounds(polls_per_tick=2))
    for node in "abc":
        held.put(readings(node, 0, layout()))
    assert held.tick(0) == 1
    assert held.tick(0) == 0


def test_a_value_that_was_not_polled_lately_is_not_shown_as_the_present() -> None:
    held, shape = memory("a", stale_after_s=60), layout()
    for at in (0, 30):
        poll(held, readings("a", at, shape, {"ifHCInOctets": at}))
    held.tick(91)
    assert held.number("a", "ifOperStatus", (1,)) is None
    assert interfaces(held, "a")[0].in_bps is None
    assert interfaces(held, "a")[0].oper_status == "up"
    assert np.isnan(frame(held).values).all()


def test_a_failure_lasts_until_the_next_good_poll() -> None:
    held = memory("a")
    held.put_failed(PollFailed("a", 0, "if_mib", Failure.TIMEOUT))
    assert [f.failure for f in frame(held).failures] == [Failure.TIMEOUT]
    poll(held, readings("a", 1, layout()))
    assert frame(held).failures == ()


def test_a_frame_does_not_change_with_later_polls() -> None:
    held, shape = memory("a"), layout()
    poll(held, readings("a", 0, shape, {"ifOperStatus": 1}))
    taken = frame(held)
    revision = taken.polls[0].revision
    poll(held, readings("a", 30, shape, {"ifOperStatus": 2}, names={2: "Gi9"}))
    place = taken.polls[0].start + shape.numbers.index(Series("ifOperStatus", (1,)))
    assert taken.values[place] == 1
    assert frame(held).polls[0].revision != revision


def test_rtt_history_is_the_mean_of_the_looks_of_a_step() -> None:
    held = memory("a")
    held.tick(0)
    for at, rtt_s in ((2, 0.010), (4, 0.030), (6, None)):
        held.put_reach(
            Reach("a", at, Reachability.ICMP, rtt_s is not None, rtt_s, loss_ratio=float(not rtt_s))
        )
    held.put_reach(Reach("stranger", 7, Reachability.ICMP, True, 0.5))
    held.tick(30)
    held.tick(60)
    rtt, loss = held.reach_history("a"), held.reach_history("a", "loss_ratio")
    assert rtt is not None
    assert loss is not None
    assert rtt.values[-2] == pytest.approx(0.02, rel=0.004)
    assert loss.values[-2] == pytest.approx(1 / 3, rel=0.004)
    assert np.isnan(rtt.values[-1])
    assert held.reach_history("stranger") is None


def test_traffic_sums_the_ports_but_not_loopbacks() -> None:
    shape = layout((1, 2, 3), ("ifHCInOctets", "ifInOctets", "ifType"))
    held = memory("a")
    held.tick(0)
    for at in (0, 30):
        reading = readings("a", at, shape, {"ifHCInOctets": at * 10, "ifType": 6})
        numbers = list(reading.numbers)
        numbers[shape.numbers.index(Series("ifType", (3,)))] = 24
        poll(held, Readings("a", at, 0.01, shape, numbers, reading.texts))
    total = traffic(held, "a", "In")
    assert total is not None
    assert total.values[-1] == 160
    assert np.isnan(total.values[0])
    assert traffic(held, "b", "In") is None


def test_a_hole_in_a_table_is_no_value() -> None:
    shape = Layout("m", (Series("x", (1,)), Series("x", (2,))), ())
    held = memory("a")
    poll(held, Readings("a", 0, 0.01, shape, [float("nan"), 3], ()))
    assert held.number("a", "x", (1,)) is None
    assert held.number("a", "x", (2,)) == 3
    assert held.text("a", "x") == ""


def test_a_number_too_large_for_a_history_has_none_there() -> None:
    held = memory("a")
    shape = Layout("m", (Series("entPhySensorValue", (1,)),), ())
    held.tick(0)
    for at in (10, 40):
        poll(held, Readings("a", at, 0.1, shape, (1e308,), ()))
    assert held.number("a", "entPhySensorValue", (1,)) == 1e308
    past = held.history("a", "entPhySensorValue", (1,))
    assert past is not None
    assert np.isnan(past.values).all()
