from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from collector.icmp.engine import IcmpStats
from collector.refusal import Refusal
from collector.schedule import ScheduleStats
from collector.snmp.stats import SnmpStats
from exporters.api.stream import StreamStats
from exporters.program import (
    DAEMON,
    ICMP,
    MEMORY,
    SCHEDULE,
    SNMP,
    STREAMS,
    DaemonStats,
    Figure,
    PollDurations,
    StatsCollector,
    program_registry,
)
from store.durations import Durations
from store.series import SeriesStats

EVERY = [
    (SnmpStats(), SNMP),
    (IcmpStats(), ICMP),
    (ScheduleStats(), SCHEDULE),
    (DaemonStats(), DAEMON),
    (SeriesStats(1, 2, 3, 4, 5), MEMORY),
    (StreamStats(), STREAMS),
]


@dataclass
class Counted:
    done: int = 3
    by_reason: dict[str, int] = field(default_factory=lambda: {"late": 2})


@pytest.mark.parametrize(("stats", "figures"), EVERY, ids=lambda part: type(part).__name__)
def test_every_figure_is_there_in_its_stats_object(
    stats: object, figures: tuple[Figure, ...]
) -> None:
    registry = CollectorRegistry()
    registry.register(StatsCollector(lambda: stats, figures))
    text = generate_latest(registry).decode()
    for figure in figures:
        assert f"# TYPE wanwatch_{figure.name} " in text


def test_no_two_figures_share_a_name() -> None:
    names = [figure.name for _, figures in EVERY for figure in figures]
    assert len(names) == len(set(names))


def test_figures_are_read_anew_at_each_scrape() -> None:
    counted = Counted()
    figures = (
        Figure("done_total", "done", "Things done."),
        Figure("refused_total", "by_reason", "Things refused.", "reason"),
    )
    registry = program_registry([(lambda: counted, figures)])
    assert registry.get_sample_value("wanwatch_done_total") == 3
    counted.done, counted.by_reason["early"] = 4, 1
    assert registry.get_sample_value("wanwatch_done_total") == 4
    assert registry.get_sample_value("wanwatch_refused_total", {"reason": "early"}) == 1


def test_every_reason_to_refuse_a_datagram_is_shown_from_the_start() -> None:
    registry = program_registry([(SnmpStats, SNMP)])
    for reason in Refusal:
        assert registry.get_sample_value("wanwatch_snmp_refused_total", {"reason": reason}) == 0


def test_poll_durations_are_a_histogram() -> None:
    taken = Durations()
    for took_s in (0.01, 0.02, 0.3, 60.0):
        taken.add(took_s)
    registry = CollectorRegistry()
    registry.register(PollDurations(lambda: {"wan": taken}))

    def bucket(bound: str) -> float | None:
        labels = {"module": "wan", "le": bound}
        return registry.get_sample_value("wanwatch_poll_duration_seconds_bucket", labels)

    assert [bucket(bound) for bound in ("0.01", "0.025", "0.5", "10.0", "+Inf")] == [1, 2, 3, 3, 4]
    sums = registry.get_sample_value("wanwatch_poll_duration_seconds_sum", {"module": "wan"})
    assert sums == pytest.approx(60.33)


def test_the_process_tells_its_memory() -> None:
    registry = program_registry([])
    resident = registry.get_sample_value("process_resident_memory_bytes")
    assert resident is not None
    assert resident > 1e7
