"""What snmp_exporter says of itself, under its names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from store.durations import BOUNDS_S, Durations


@dataclass(slots=True, eq=False)
class ScrapeFigures(Collector):
    """Counts of all scrapes since the start; `durations` by module."""

    errors: int = 0
    packets: int = 0
    retries: int = 0
    in_flight: int = 0
    durations: defaultdict[str, Durations] = field(default_factory=lambda: defaultdict(Durations))

    @contextmanager
    def scraping(self) -> Iterator[None]:
        """Counts a scrape as long as it lasts."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    def collect(self) -> Iterable[Metric]:
        yield CounterMetricFamily(
            "snmp_request_errors_total", "Errors in requests to the SNMP exporter", self.errors
        )
        yield CounterMetricFamily(
            "snmp_packets_total", "Number of SNMP packet sent, including retries.", self.packets
        )
        yield CounterMetricFamily(
            "snmp_packet_retries_total", "Number of SNMP packet retries.", self.retries
        )
        yield GaugeMetricFamily(
            "snmp_request_in_flight",
            "Current number of SNMP scrapes being requested.",
            self.in_flight,
        )
        taken = HistogramMetricFamily(
            "snmp_collection_duration_seconds",
            "Duration of collections by the SNMP exporter",
            labels=["module"],
        )
        bounds = [*map(str, BOUNDS_S), "+Inf"]
        for module, durations in sorted(dict(self.durations).items()):
            buckets = list(zip(bounds, map(int, durations.counts.cumsum()), strict=True))
            taken.add_metric([module], buckets, durations.sum_s)
        yield taken
