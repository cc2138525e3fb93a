"""The daemon: builds everything from a configuration, runs it, reloads it, stops it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from collector.errors import CollectorError, UnknownNodeError
from collector.fleet import Collector
from collector.modules.read import ModuleReader
from collector.snmp.engine import SnmpEngine
from collector.vitals import MODULE as VITALS
from configs.devicerules import fingerprint
from configs.errors import ConfigError
from configs.loader import Configuration, load
from configs.problem import errors_in
from configs.secret import reveal, store_url
from exporters.alerts.access import ReceiverAccess, access_to
from exporters.alerts.delivery import Deliverer
from exporters.alerts.figures import DELIVERY
from exporters.alerts.pager import Pager
from exporters.api.access import access_of
from exporters.api.app import create_app
from exporters.api.door import Door, Keys
from exporters.api.picture import VERSION
from exporters.api.server import serve
from exporters.errors import AccessError
from exporters.fleet import Fleet
from exporters.program import (
    COLLECTOR,
    DAEMON,
    ICMP,
    MEMORY,
    SCHEDULE,
    SNMP,
    SURVEYS,
    TRAPS,
    WIRING,
    DaemonStats,
    Figure,
    program_registry,
)
from exporters.snmp.logins import Logins
from exporters.snmp.scrape import DeviceScraper
from store.database import Store
from store.errors import StoreError
from store.kinds import kinds_of
from store.record import Event
from store.series import SeriesMemory
from topology import outages
from topology.identity import Sighting
from topology.restored import Restored
from topology.situation import Situation
from topology.snapshot import Snapshot
from wanwatch.clock import Clock, SystemClock
from wanwatch.engine import Engine
from wanwatch.footprint import settle_descriptors, settle_interpreter, settle_memory
from wanwatch.inbox import Inbox
from wanwatch.ledger import Ledger
from wanwatch.registry import Registry
from wanwatch.vigil import Vigil
from wanwatch.wiring import Wiring

log = logging.getLogger(__name__)

MODULE = "wan"
DAY_S = 86_400.0
STALE_POLLS = 3  # polls that may fail in a row before values count as not measured
FIXED = ("traps", "store", "polling", "confirmation", "history_s", "modules", "devices")


class Daemon:
    """A running monitor: every part once, wired here and nowhere else. It is the API's `Source`.

    `held`: ids of outages with pages that a silence or a window held back when it stopped last;
    `known`: the names of all receivers that there have been.
    """

    def __init__(
        self,
        configuration: Configuration,
        store: Store,
        restored: Restored,
        identities: Iterable[Sighting],
        held: Collection[str],
        known: Collection[str],
        clock: Clock,
    ) -> None:
        settings, inventory = configuration.settings, configuration.inventory
        self.configuration = configuration
        self._started_with = settings
        self.store = store
        self.inbox = Inbox()
        self.series = SeriesMemory(
            inventory,
            history_s=settings.history_s,
            step_s=settings.polling.counters_interval_s,
            stale_after_s=STALE_POLLS * settings.polling.counters_interval_s,
            stale_apart_s={VITALS: STALE_POLLS * settings.polling.vitals_interval_s},
            kinds=kinds_of(configuration.modules.values()),
        )
        self.series.put_identities(identities)
        self.situation = Situation(
            inventory,
            settings.confirmation,
            started=outages.Clock(clock.monotonic(), clock.utc()),
            restored=restored,
        )
        self.collector = Collector(
            "centre",
            inventory,
            settings.polling,
            configuration.snmp,
            configuration.ssh,
            configuration.modules[MODULE],
            settings.traps,
            self.inbox,
            devices=configuration.devices,
            modules=configuration.modules,
            # Whether they still run on battery may have been told by a trap that nobody repeats.
            surveyed_first={ups for outage in restored.outages for ups in outage.batteries},
            clock=clock.monotonic,
        )
        self.deliverer = Deliverer(
            store,
            receivers(configuration),
            report=lambda event: self.ledger.note(event),
            external_url=settings.external_url,
            clock=clock.utc,
        )
        pager = Pager(
            settings.receivers,
            language=settings.language,
            external_url=settings.external_url,
            held=held,
            known=known,
        )
        self.ledger = Ledger(store, pager, self.deliverer.notify, restored.past)
        self.wiring = Wiring(
            inventory,
            settings.polling.neighbours_interval_s,
            self.situation,
            store,
            self.ledger.note,
            clock,
        )
        self.vigil = Vigil(lambda: self.collector.memory.refusing, self.ledger, clock)
        self.engine = Engine(
            self.inbox,
            self.situation,
            self.series,
            self.ledger,
            Registry(self.series, self.ledger, f"{VERSION} {fingerprint(configuration.devices)}"),
            self.collector.look_again,
            self.wiring.hear,
            clock,
        )
        self._strangers = SnmpEngine(clock=clock.monotonic)
        self.devices = DeviceScraper(
            ModuleReader(self._strangers), configuration.modules, logins(configuration)
        )
        self._clock = clock
        self._polls: set[asyncio.Task[None]] = set()
        self._reloading = asyncio.Event()

    async def run(self) -> None:
        """Monitors until SIGTERM or SIGINT. SIGHUP reloads."""
        settings = self.configuration.settings
        app = create_app(
            self,
            access=access_of(settings.http),
            registry=program_registry(self._figures()),
            fleet=Fleet(self.configuration.modules.values()),
            devices=self.devices,
        )
        nodes = len(self.configuration.inventory.nodes)
        self._note("event.daemon.started", version=VERSION, nodes=nodes)
        await self.engine.tick()
        settle_interpreter()
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._reloading.set)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGHUP,))  # it was kept since the start
        parts = (
            self.engine.run,
            self.collector.run,
            self.deliverer.run,
            self.wiring.run,
            lambda: self.vigil.run(lambda: self.configuration.inventory),
            self._forget_daily,
        )
        try:
            async with (
                self._strangers,
                serve(app, settings.http) as served,
                asyncio.TaskGroup() as group,
            ):
                log.info("url=%s nodes=%d", served.url, nodes)
                tasks = [group.create_task(part()) for part in parts]
                tasks.append(group.create_task(self._reload_when_asked(served.door)))
                await stop.wait()
                log.info("stopping")
                for task in tasks:
                    task.cancel()
        except* CollectorError as errors:
            raise errors.exceptions[0] from None
        await self.ledger.close()

    async def _reload_when_asked(self, door: Door) -> None:
        while True:
            await self._reloading.wait()
            self._reloading.clear()
            await self.reload(door)

    async def _forget_daily(self) -> None:
        """Drops what is over and older than `store.keep_events_days`."""
        while True:
            kept = timedelta(days=self.configuration.settings.store.keep_events_days)
            try:
                dropped = await self.store.prune(self._clock.utc() - kept)
                log.info("forgotten rows=%d", dropped)
            except StoreError as error:
                log.warning("old events stay another day: %s", error)
            await asyncio.sleep(DAY_S)

    async def reload(self, door: Door) -> None:
        """Reads the configuration again, with the secrets and certificates that it names; the old
        one stays when anything of the new one is wrong.

        What a running daemon cannot exchange (addresses it listens on, the store, intervals) is
        taken at the next start, and the log says so.
        """
        try:
            new, accesses, keys = await asyncio.to_thread(read_again, self.configuration.path)
            self.collector.replace(new.inventory, new.snmp, new.ssh)
        except ConfigError as error:
            self._refuse(errors_in(error.problems))
            return
        except (AccessError, CollectorError) as error:
            self._refuse((error,))
            return
        self.situation.replace(new.inventory)
        self.wiring.replace(new.inventory)
        self.series.reload(new.inventory)
        self.deliverer.use(accesses, external_url=new.settings.external_url)
        self.devices.use(new.modules, logins(new))
        self.ledger.pager.use(
            new.settings.receivers,
            language=new.settings.language,
            external_url=new.settings.external_url,
        )
        self.configuration = new
        old = self._started_with
        fixed = [key for key in FIXED if getattr(old, key) != getattr(new.settings, key)]
        if moved := door.use(keys):
            fixed.append(f"all of http (for {', '.join(moved)})")
        if fixed:
            log.warning("taken at the next start only: %s", ", ".join(fixed))
        self.engine.stats.reloads["done"] += 1
        counts = {"nodes": len(new.inventory.nodes), "links": len(new.inventory.links)}
        log.info("reloaded nodes=%(nodes)d links=%(links)d", counts)
        self._note("event.configuration.reloaded", **counts)

    def _refuse(self, problems: Sequence[object]) -> None:
        self.engine.stats.reloads["refused"] += 1
        for problem in problems:
            log.error("the new configuration is refused, the old one stays: %s", problem)
        self._note("event.configuration.rejected", problems=len(problems))

    def _note(self, kind: str, **params: object) -> None:
        texts = {key: str(value) for key, value in params.items()}
        self.ledger.note(Event(self._clock.utc(), kind, params=texts))

    # What the API asks.

    @property
    def language(self) -> str:
        return self.configuration.settings.language

    def snapshot(self) -> Snapshot:
        return self.engine.snapshot

    async def wait_newer(self, sequence: int) -> Snapshot:
        return await self.engine.wait_newer(sequence)

    def silenced(self) -> Collection[str]:
        return self.ledger.pager.silenced

    def ready(self) -> Sequence[str]:
        reasons = []
        unknown = self.engine.snapshot.coverage.unknown
        if unknown:
            reasons.append(f"{unknown} points have not been looked at yet")
        if self.ledger.failure:
            reasons.append(f"store: {self.ledger.failure}")
        elif self.store.short_of_room:
            reasons.append("store: the disk is full, and the room kept for that is in use")
        reasons += [
            f"receiver {stats.receiver}: {stats.error}"
            for stats in self.deliverer.stats()
            if stats.failing
        ]
        return reasons

    def poll(self, node: str) -> None:
        self.collector.look_again([node])
        task = asyncio.create_task(self._poll(node))
        self._polls.add(task)
        task.add_done_callback(self._polls.discard)

    async def _poll(self, node: str) -> None:
        with contextlib.suppress(UnknownNodeError):  # it offers nothing to poll, or has just gone
            await self.collector.poll(node)

    def planned_changed(self, event: Event) -> None:
        self.ledger.planned_changed()
        self.ledger.note(event)

    def _figures(self) -> list[tuple[Callable[[], object], Iterable[Figure]]]:
        """The program's own metrics: who counts, and which figures are shown."""
        return [
            (self._counted, DAEMON),
            (lambda: self.collector.stats, COLLECTOR),
            (lambda: self.collector.stats.snmp, SNMP),
            (lambda: self.collector.stats.icmp, ICMP),
            (lambda: self.collector.stats.schedule, SCHEDULE),
            (lambda: self.collector.stats.surveys, SURVEYS),
            (lambda: self.collector.stats.traps, TRAPS),
            (lambda: self.series.stats, MEMORY),
            (lambda: self.wiring.stats, WIRING),
            (self.deliverer.counted, DELIVERY),
        ]

    def _counted(self) -> DaemonStats:
        stats = self.engine.stats
        stats.sink_queue, stats.sink_dropped = len(self.inbox), self.inbox.dropped
        stats.store_failures = self.ledger.failures
        stats.outbox_pending = sum(receiver.waiting for receiver in self.deliverer.stats())
        return stats


def read_again(path: Path) -> tuple[Configuration, list[ReceiverAccess], Keys]:
    """What a reload takes, whole or not at all. Raises ConfigError, AccessError."""
    configuration = load(path)
    return configuration, receivers(configuration), Keys.read(configuration.settings.http)


def receivers(configuration: Configuration) -> list[ReceiverAccess]:
    """The receivers with their secrets. Raises SecretError."""
    return [access_to(receiver, reveal) for receiver in configuration.settings.receivers]


def logins(configuration: Configuration) -> Logins:
    """The credentials for scrapes of any device."""
    return Logins(configuration.auths, configuration.snmp, configuration.inventory)


async def run(path: Path) -> None:
    """Runs until SIGTERM or SIGINT. Raises ConfigError, StoreError, ExportError and
    CollectorError from the start; later trouble is logged, counted and told by `/readyz`."""
    settle_memory()
    settle_descriptors()
    configuration = load(path)
    for warning in configuration.warnings:
        log.warning("%s", warning)
    url = store_url(configuration.settings.store)
    store = await Store.open(url, folder=configuration.path.parent)
    try:
        restored, identities = await store.restore(), (await store.identities()).values()
        held, known = await store.suppressed(), await store.receivers()
        await Daemon(configuration, store, restored, identities, held, known, SystemClock()).run()
    finally:
        await store.close()
