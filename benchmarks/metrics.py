"""`/metrics` of the whole fleet: the time, the size, what it holds of the loop and of memory, and
the same samples written by prometheus-client. `python -m benchmarks.metrics`.

3,400 nodes as the built-in module `wan` polls them, with six interfaces each, and six sensors.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from array import array
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from collector.sample import Layout, Reach, Readings, Series
from configs.inventory import Inventory, Node, Province, Reachability, Role, Site, SiteKind
from configs.modulefile import built_in_modules
from exporters.exposition import Format
from exporters.fleet import Fleet
from exporters.program import program_registry
from exporters.scrape import Scraper, Want
from store.frame import frame
from store.series import SeriesMemory
from topology.coverage import Coverage
from topology.snapshot import NodeView, Snapshot
from topology.state import NodeState

PROVINCES = 34
PORTS = range(1, 7)
ALL = Want(provinces=tuple(f"{p:02}" for p in range(PROVINCES)))
NOW = datetime(2026, 1, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians in CPU seconds, of `scrape_s` in wall seconds; sizes in megabytes. `lag_s`: the
    longest that the loop was held while the fleet was scraped. `plain_mb`: by how much memory
    grows at most while four scrapers take the text without gzip."""

    samples: int
    text_mb: float
    gzip_mb: float
    first_s: float
    render_s: float
    scrape_s: float
    province_s: float
    lag_s: float
    prometheus_client_s: float
    sweep_s: float
    series_mb: float
    metrics_mb: float
    plain_mb: float


def fleet_of(count: int) -> Inventory:
    sites = {
        f"site-{i:05}": Site(f"site-{i:05}", f"Xã số {i}", SiteKind.COMMUNE, f"{i % PROVINCES:02}")
        for i in range(count)
    }
    return Inventory(
        {f"{p:02}": Province(f"{p:02}", f"Tỉnh {p}") for p in range(PROVINCES)},
        sites,
        {
            f"cpe-{i:05}": Node(f"cpe-{i:05}", site, f"127.1.{i // 250}.{i % 250}", Role.CPE)
            for i, site in enumerate(sites)
        },
    )


def layouts() -> tuple[Layout, Layout]:
    """The modules `wan` and `sensors` as they are polled."""
    modules = built_in_modules()
    scalars, columns, texts = [], [], []
    for metric in modules["wan"].metrics:
        if metric.type not in ("gauge", "counter"):
            texts += [Series(metric.name, (p,)) for p in PORTS] if metric.indexes else []
        elif metric.indexes:
            columns += [Series(metric.name, (p,)) for p in PORTS]
        else:
            scalars.append(Series(metric.name))
    sensors = [
        Series(metric.name, (i,)) for metric in modules["sensors"].metrics for i in range(1, 7)
    ]
    names = [Series("1.3.6.1.2.1.47.1.1.1.1.7", (i,)) for i in range(1, 7)]
    return (
        Layout("wan", (*scalars, *columns), tuple(texts)),
        Layout("sensors", tuple(sensors), tuple(names)),
    )


def sweep(memory: SeriesMemory, inventory: Inventory, shapes: Iterable[Layout], at: float) -> float:
    """Puts one poll of every node in; the seconds that it took to take them in."""
    polls = []
    for shape in shapes:
        for node in inventory.nodes:
            numbers = array("d", [float(random.randrange(2**40)) for _ in shape.numbers])
            texts = tuple(f"{node} {series.metric} {series.index}" for series in shape.texts)
            polls.append(Readings(node, at, 0.02, shape, numbers, texts))
    looks = [Reach(n, at, Reachability.ICMP, True, 0.02, 0.001) for n in inventory.nodes]
    started = time.process_time()
    for poll in polls:
        memory.put(poll)
    for look in looks:
        memory.put_reach(look)
    while memory.tick(at):
        pass
    return time.process_time() - started


def snapshot_of(inventory: Inventory) -> Snapshot:
    sites = len(inventory.sites)
    by_province = Coverage(sites // PROVINCES, sites // PROVINCES, 0, 0, 0)
    view = NodeView("", NodeState.UP, NOW, last_seen=NOW, rtt_s=0.0213, jitter_s=1e-3, loss_ratio=0)
    return Snapshot(
        1,
        NOW,
        NOW,
        inventory,
        dict.fromkeys(inventory.nodes, view),
        dict.fromkeys(inventory.sites, NodeState.UP),
        Coverage(sites, sites, 0, 0, 0),
        dict.fromkeys(inventory.provinces, by_province),
        (),
    )


class Parsed(Collector):
    """The same samples as objects of prometheus-client."""

    def __init__(self, text: bytes) -> None:
        self._metrics = list(text_string_to_metric_families(text.decode()))

    def collect(self) -> list[Metric]:
        return self._metrics


def resident_mb(field: str = "VmRSS:") -> float:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition(field)[2].split()[0]) / 1024


def forget_peak() -> None:
    """Has the peak of memory begin at its present size."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds: what else runs on the machine does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


async def scraped(
    scraper: Scraper, snapshot: Snapshot, memory: SeriesMemory
) -> tuple[float, float, int]:
    """Wall seconds of a scrape, the longest that the loop was held meanwhile, octets."""
    lag, done = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal lag
        while not done.is_set():
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            lag = max(lag, time.perf_counter() - started - 0.001)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.01)
    lag, started = 0.0, time.perf_counter()
    made = await scraper.scrape(ALL, snapshot, started, lambda: frame(memory))
    took = time.perf_counter() - started
    done.set()
    await watching
    return took, lag, len(made.packed)


async def plain(scraper: Scraper, snapshot: Snapshot, memory: SeriesMemory) -> float:
    """By how many megabytes memory grows at most while the text is read in parts by four."""
    forget_peak()
    before_mb = resident_mb()

    async def reader() -> None:
        made = await scraper.scrape(ALL, snapshot, 0.0, lambda: frame(memory))
        async for _ in scraper.text(made):
            await asyncio.sleep(0)

    await asyncio.gather(*(reader() for _ in range(4)))
    return resident_mb("VmHWM:") - before_mb


def measure(count: int = 3400, runs: int = 5) -> Cost:
    """Medians of interleaved runs."""
    inventory, shapes = fleet_of(count), layouts()
    before_mb = resident_mb()
    memory = SeriesMemory(inventory)
    sweeps = [sweep(memory, inventory, shapes, 30.0 * (run + 1)) for run in range(runs)]
    series_mb = resident_mb() - before_mb
    snapshot, fleet = snapshot_of(inventory), Fleet(built_in_modules().values())

    def render(*provinces: str) -> list[bytes]:
        wanted = provinces or tuple(inventory.provinces)
        return list(
            fleet.render(
                snapshot, frame(memory), Format.TEXT, provinces=wanted, country=not provinces
            )
        )

    first_s = seconds(render)
    scraper = Scraper(fleet, program_registry([]))
    scrapes = [asyncio.run(scraped(scraper, snapshot, memory)) for _ in range(2)]
    metrics_mb = resident_mb() - before_mb - series_mb
    plain_mb = asyncio.run(plain(scraper, snapshot, memory))
    text = b"".join(render())
    registry = CollectorRegistry()
    registry.register(Parsed(text + b"\n"))
    renders, provinces, theirs, scrapes = [], [], [], []
    for _ in range(runs):
        renders.append(seconds(render))
        provinces.append(seconds(lambda: render("07")))
        scrapes.append(asyncio.run(scraped(scraper, snapshot, memory)))
        theirs.append(seconds(lambda: generate_latest(registry)))
    scraper.close()
    return Cost(
        samples=sum(not line.startswith(b"#") for line in text.splitlines() if line),
        text_mb=len(text) / 1e6,
        gzip_mb=scrapes[0][2] / 1e6,
        first_s=first_s,
        render_s=median(renders),
        scrape_s=median(took for took, _, _ in scrapes),
        province_s=median(provinces),
        lag_s=median(lag for _, lag, _ in scrapes),
        prometheus_client_s=median(theirs),
        sweep_s=median(sweeps[1:]),
        series_mb=series_mb,
        metrics_mb=metrics_mb,
        plain_mb=plain_mb,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=3400)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cost = measure(options.nodes, options.runs)
    if options.json:
        print(json.dumps(asdict(cost)))
        return
    print(
        f"{cost.samples:,} samples, {cost.text_mb:.1f} MB of text, {cost.gzip_mb:.1f} MB with gzip"
    )
    print(f"values taken in, a sweep        {cost.sweep_s * 1e3:8.1f} ms of CPU")
    print(f"text, labels made first         {cost.first_s * 1e3:8.1f} ms")
    print(f"text, labels known              {cost.render_s * 1e3:8.1f} ms")
    print(f"text by prometheus-client       {cost.prometheus_client_s * 1e3:8.1f} ms")
    print(f"one province of {PROVINCES}              {cost.province_s * 1e3:8.1f} ms")
    print(f"scrape with gzip, in its thread {cost.scrape_s * 1e3:8.1f} ms")
    print(f"  the loop was held for         {cost.lag_s * 1e3:8.1f} ms at most")
    print(f"memory: values and history {cost.series_mb:.0f} MB, metrics {cost.metrics_mb:.0f} MB")
    print(f"  four scrapers without gzip    {cost.plain_mb:8.1f} MB more at most")


if __name__ == "__main__":
    main()
