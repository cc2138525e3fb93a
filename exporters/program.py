"""The program's own metrics: what its parts count, read from their plain stats objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from exporters.exposition import Family, Kind
from store.durations import BOUNDS_S, Durations

Number = int | float


@dataclass(slots=True)
class DaemonStats:
    """What the composition root counts. Times in seconds, sums since the start.

    `loop_lag_s`: how late the loop woke up last, `loop_lag_max_s` at worst.
    `store_failures`: transactions that had to be tried again. `sink_dropped`: samples that came
    faster than the engine took them.
    """

    ticks: int = 0
    tick_s: float = 0.0
    loop_lag_s: float = 0.0
    loop_lag_max_s: float = 0.0
    samples: int = 0
    sink_queue: int = 0
    sink_dropped: int = 0
    outbox_pending: int = 0
    store_failures: int = 0
    reloads: dict[str, int] = field(default_factory=lambda: {"done": 0, "refused": 0})


@dataclass(frozen=True, slots=True)
class Figure:
    """A family made of one attribute of a stats object: a number, or with `label` a mapping from
    its values to numbers. Names that end in `_total` are counters."""

    name: str
    attribute: str
    help: str
    label: str = ""


SNMP = (
    Figure("snmp_requests_total", "requests", "SNMP requests sent, retries left out."),
    Figure("snmp_replies_total", "replies", "SNMP replies believed."),
    Figure("snmp_retries_total", "retries", "SNMP requests sent again."),
    Figure("snmp_timeouts_total", "timeouts", "SNMP requests given up without an answer."),
    Figure("snmp_unreachable_total", "unreachable", "SNMP requests refused by an ICMP error."),
    Figure("snmp_sent_bytes_total", "sent_octets", "SNMP payload sent."),
    Figure("snmp_received_bytes_total", "received_octets", "SNMP payload received."),
    Figure("snmp_refused_total", "refused", "Datagrams that were not believed.", "reason"),
    Figure("snmp_reports_total", "reports", "Reports of SNMPv3 agents by name.", "name"),
    Figure("snmp_waiting", "waiting", "Requests that wait for their turn."),
    Figure("snmp_in_flight", "in_flight", "Requests that wait for an answer."),
    Figure("snmp_late_total", "late", "SNMP replies that came after their timeout."),
    Figure("snmp_patience_ratio", "patience_ratio", "By what SNMP timeouts are stretched now."),
)
ICMP = (
    Figure("icmp_sent_total", "sent", "Echo requests sent."),
    Figure("icmp_answered_total", "answered", "Echo requests answered."),
    Figure("icmp_lost_total", "lost", "Echo requests without an answer in time."),
    Figure("icmp_refused_total", "refused", "Echo requests answered by an ICMP error."),
    Figure("icmp_unsendable_total", "unsendable", "Echo requests that this host has no way for."),
    Figure("icmp_duplicate_total", "duplicate", "Replies that came twice."),
    Figure("icmp_late_total", "late", "Replies after their time."),
    Figure("icmp_forged_total", "forged", "Replies from a wrong source or with a wrong content."),
    Figure("icmp_overflow_total", "overflow", "Replies lost to a full receive buffer."),
)
SCHEDULE = (
    Figure("schedule_errands_total", "due", "Polls and looks handed out."),
    Figure("schedule_asked_total", "asked", "Polls and looks on demand among them."),
    Figure("schedule_overlap_total", "overlap", "Turns dropped because the node was still busy."),
    Figure("schedule_missed_total", "missed", "Turns that nobody came for."),
    Figure("schedule_late_seconds_total", "late_s", "Time that turns were late, summed."),
    Figure("schedule_latest_seconds", "latest_s", "The worst that a turn was late."),
)
COLLECTOR = (
    Figure("looks_put_off_total", "put_off", "Second looks beyond what the network should bear."),
    Figure("polls_spared_total", "spared", "Polls left out because the node does not answer."),
    Figure("observations_failed_total", "failures", "Looks and polls without result.", "reason"),
    Figure("credentials_refused", "refusing", "Credentials that nodes refuse now."),
    Figure("neighbour_tables_unheard", "unheard", "Tables of neighbours that cannot be read now."),
)
SURVEYS = (
    Figure("surveys_total", "done", "Devices looked at whole, or asked for their neighbours."),
    Figure("surveys_failed_total", "failed", "Surveys that a device broke off."),
    Figure("surveys_waiting", "waiting", "Surveys that wait or are under way."),
)
TRAPS = (
    Figure("traps_received_total", "received", "Datagrams on the port for notifications."),
    Figure("traps_accepted_total", "accepted", "Notifications believed."),
    Figure("traps_dropped_total", "drops", "Notifications not believed.", "reason"),
    Figure("traps_discoveries_total", "discoveries", "Senders that asked for our engine id."),
    Figure("traps_waiting", "waiting", "Notifications that wait to be read."),
)
DAEMON = (
    Figure("ticks_total", "ticks", "Turns of the engine."),
    Figure("tick_seconds_total", "tick_s", "Time spent in turns of the engine."),
    Figure("loop_lag_seconds", "loop_lag_s", "How late the event loop woke up last."),
    Figure("loop_lag_max_seconds", "loop_lag_max_s", "How late the event loop woke up at worst."),
    Figure("samples_total", "samples", "Samples that the engine took in."),
    Figure("sink_queue", "sink_queue", "Samples that wait for the engine."),
    Figure("sink_dropped_total", "sink_dropped", "Samples dropped because the engine was behind."),
    Figure("outbox_pending", "outbox_pending", "Alerts that have still to be delivered."),
    Figure("store_failures_total", "store_failures", "Transactions that had to be tried again."),
    Figure("reloads_total", "reloads", "Reloads of the configuration by result.", "result"),
)
MEMORY = (
    Figure("series", "series", "Values held in memory."),
    Figure("series_history", "rings", "Values whose history is held in memory."),
    Figure("series_history_bytes", "ring_bytes", "Memory that the history takes."),
    Figure("series_without_history", "without_history", "Values left out by the bounds."),
)
WIRING = (
    Figure("topology_drift", "drift", "Disagreements with the inventory to decide upon.", "kind"),
    Figure("topology_edges", "edges", "Links between known nodes that were heard of.", "source"),
    Figure("topology_found_links", "found", "Links in the graph that are not declared."),
    Figure("topology_work_seconds", "work_s", "How long it last took to put them together."),
)
STREAMS = (
    Figure("stream_clients", "clients", "Open event streams."),
    Figure("stream_updates_total", "updates", "Updates sent on event streams."),
    Figure("stream_skipped_total", "skipped", "Snapshots left out because a client was slow."),
)


BUILD = Family("wanwatch_build_info", Kind.GAUGE, "Always 1: the version of the program.")
POLL_DURATION = Family(
    "wanwatch_poll_duration_seconds", Kind.HISTOGRAM, "How long polls with values took, by module."
)


class StatsCollector(Collector):
    """The families of `figures`, read from what `read` returns at each scrape."""

    def __init__(self, read: Callable[[], object], figures: Iterable[Figure]) -> None:
        self._read = read
        self._figures = tuple(figures)

    def collect(self) -> Iterable[Metric]:
        stats = self._read()
        for figure in self._figures:
            value = getattr(stats, figure.attribute)
            made = CounterMetricFamily if figure.name.endswith("_total") else GaugeMetricFamily
            labels = [figure.label] if figure.label else []
            family = made(f"wanwatch_{figure.name}", figure.help, labels=labels)
            # Copied at one go: the loop may add a key while this thread reads.
            values: dict[str, Number] = dict(value) if figure.label else {"": value}
            for key, number in sorted(values.items()):
                family.add_metric([str(key)] if figure.label else [], float(number))
            yield family


class PollDurations(Collector):
    """How long the polls of each module take, as a histogram."""

    def __init__(self, read: Callable[[], Mapping[str, Durations]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        family = HistogramMetricFamily(POLL_DURATION.name, POLL_DURATION.help, labels=["module"])
        bounds = [*map(str, BOUNDS_S), "+Inf"]
        for module, taken in sorted(dict(self._read()).items()):
            buckets = list(zip(bounds, map(int, taken.counts.cumsum()), strict=True))
            family.add_metric([module], buckets, taken.sum_s)
        yield family


def program_registry(
    sources: Iterable[tuple[Callable[[], object], Iterable[Figure]]],
) -> CollectorRegistry:
    """A registry of the process itself and of each stats object with its figures.

    >>> program_registry([(lambda: engine.stats, SNMP), (lambda: daemon_stats, DAEMON)])
    """
    registry = CollectorRegistry()
    built = Gauge(BUILD.name, BUILD.help, ["version"], registry=registry)
    built.labels(version("wanwatch")).set(1)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    for read, figures in sources:
        registry.register(StatsCollector(read, figures))
    return registry
