"""Scrapes of any device: one or more modules, one page of Prometheus text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from collector.errors import AddressError, QuestionError, SnmpError
from collector.modules.read import ModuleReader
from collector.snmp.engine import Found
from collector.snmp.target import Target
from configs.module import Module
from exporters.errors import QueryError, ScrapeError
from exporters.exposition import Family, Kind, label_pairs
from exporters.snmp.address import address_of, host_and_port
from exporters.snmp.compiled import CompiledModule
from exporters.snmp.echo import Memories, Own, echo_of
from exporters.snmp.figures import ScrapeFigures
from exporters.snmp.logins import Logins
from exporters.snmp.page import Page

TIMEOUT_S = 5.0  # snmp_exporter's, where a module says nothing
RETRIES = 3
PATIENCE_S = 120.0  # for a whole scrape
LARGE = 4_000  # values whose text is made in a thread, off the loop
DEFAULT_MODULE = "if_mib"

WALKED = Family("snmp_scrape_walk_duration_seconds", Kind.GAUGE, "Time SNMP walk/bulkwalk took.")
SENT = Family(
    "snmp_scrape_packets_sent",
    Kind.GAUGE,
    "Packets sent for get, bulkget, and walk; including retries.",
)
RETRIED = Family(
    "snmp_scrape_packets_retried", Kind.GAUGE, "Packets retried for get, bulkget, and walk."
)
RETURNED = Family(
    "snmp_scrape_pdus_returned", Kind.GAUGE, "PDUs returned from get, bulkget, and walk."
)
LASTED = Family(
    "snmp_scrape_duration_seconds",
    Kind.GAUGE,
    "Total SNMP time scrape took (walk and processing).",
)


@dataclass(frozen=True, slots=True)
class Scrape:
    """What is asked for. `auth` is the name of a credential, "" for the one that fits; the contexts
    take the place of the credential's."""

    target: str
    modules: Sequence[str] = (DEFAULT_MODULE,)
    auth: str = ""
    context: str = ""
    context_engine: bytes = b""


class DeviceScraper:
    """Scrapes by these modules and with these credentials; a module is compiled when it is asked
    for first."""

    def __init__(
        self,
        reader: ModuleReader,
        modules: Mapping[str, Module],
        logins: Logins,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.figures = ScrapeFigures()
        self._reader = reader
        self._clock = clock
        self.use(modules, logins)

    def use(self, modules: Mapping[str, Module], logins: Logins) -> None:
        """Other modules and credentials from now on."""
        self._modules = modules
        self._logins = logins
        self._compiled: dict[str, CompiledModule] = {}
        self._memories: Memories[tuple[Target, str]] = Memories()

    async def scrape(self, wanted: Scrape, patience_s: float = PATIENCE_S) -> bytes:
        """Prometheus text of all modules that gave something in time. Raises QueryError before
        anything is asked, and ScrapeError if no module gave anything."""
        host, port = host_and_port(wanted.target)
        self._logins.require(wanted.auth)
        modules = [self.compiled(name) for name in dict.fromkeys(wanted.modules)]
        page = Page()
        failures = []
        try:
            async with asyncio.timeout(patience_s):
                address = await address_of(host)
                targets = [self._target(wanted, module, address, port) for module in modules]
                for module, target in zip(modules, targets, strict=True):
                    try:
                        if len(modules) == 1:
                            return await self._alone(target, module)
                        await self._one(target, module, page)
                    except (SnmpError, AddressError, QuestionError) as error:
                        failures.append(failed(module.module.name, str(error)))
        except TimeoutError:
            failures.append(
                f"scrape cancelled after {patience_s:g} s (possible timeout) "
                f"getting target {wanted.target}"
            )
        if failures and not page:
            raise ScrapeError("\n".join(failures))
        return await self._text(page)

    def compiled(self, name: str) -> CompiledModule:
        """The module of that name. Raises QueryError."""
        compiled = self._compiled.get(name)
        if compiled is None:
            if name not in self._modules:
                raise QueryError(f"Unknown module '{name}'")
            try:
                compiled = CompiledModule(self._modules[name])
            except ValueError as error:
                raise QueryError(f"Module '{name}' cannot be used: {error}") from None
            self._compiled[name] = compiled
        return compiled

    def _target(self, wanted: Scrape, compiled: CompiledModule, address: str, port: int) -> Target:
        module = compiled.module
        credential = self._logins.credential(wanted.auth, module.auth, address, port)
        node = f"{address}:{port}"
        if wanted.context or wanted.context_engine:
            context = wanted.context or credential.context
            engine = wanted.context_engine or credential.context_engine
            credential = replace(credential, context=context, context_engine=engine)
            # A node of its own, as there may be any number of them and the oldest are forgotten.
            node += f" {context}{engine.hex()}"
        timeout_s = module.timeout_s or TIMEOUT_S
        retries = RETRIES if module.retries is None else module.retries
        return Target(node, address, port, credential, timeout_s, retries)

    async def _alone(self, target: Target, module: CompiledModule) -> bytes:
        """The text of one module: that of the last scrape with other numbers, if that is all that
        has changed."""
        key = (target, module.module.name)
        memory = self._memories.of(key)
        echo = memory.echo
        began = self._clock()
        with self.figures.scraping():
            found = await self._reader.read(target, module.request, echo.steps if echo else None)
            walked_s = self._clock() - began
            if echo is not None and found.numbers is not None and found.steps is not None:
                memory.hits += 1
                self._memories.renew(memory, found.steps)
                lasted_s = self._clock() - began
                self._count(module, found, lasted_s)
                own = Own(walked_s, found.sent, found.lost, echo.values, lasted_s)
                return echo.text(found.numbers, own)
            memory.misses += echo is not None
            page = await self._emitted(found, module)
        own = self._account(page, module, found, began, walked_s)
        text = await self._text(page)
        if found.heard and memory.worth and len(found.values) < LARGE:
            fresh = echo_of(module, found, own, partial(account, module.module.name), text)
            if fresh is not None:
                self._memories.keep(key, fresh)
        return text

    async def _one(self, target: Target, module: CompiledModule, page: Page) -> None:
        """Puts one module of several on the page."""
        began = self._clock()
        with self.figures.scraping():
            found = await self._reader.read(target, module.request)
            walked_s = self._clock() - began
            # Not on the shared page at once: a thread cannot be stopped when time is over.
            emitted = await self._emitted(found, module)
        page.add(emitted)
        self._account(page, module, found, began, walked_s)

    async def _emitted(self, found: Found, module: CompiledModule) -> Page:
        page = Page()
        if len(found.values) < LARGE:
            module.emit(found.values, page)
        else:
            await asyncio.to_thread(module.emit, found.values, page)
        return page

    async def _text(self, page: Page) -> bytes:
        return page.text() if len(page) < LARGE else await asyncio.to_thread(page.text)

    def _account(
        self, page: Page, module: CompiledModule, found: Found, began: float, walked_s: float
    ) -> Own:
        """Puts what a scrape took on the page, and counts it."""
        lasted_s = self._clock() - began
        own = Own(walked_s, found.sent, found.lost, len(found.values), lasted_s)
        account(module.module.name, page, own)
        self._count(module, found, lasted_s)
        return own

    def _count(self, module: CompiledModule, found: Found, lasted_s: float) -> None:
        self.figures.packets += found.sent
        self.figures.retries += found.lost
        self.figures.durations[module.module.name].add(lasted_s)


def failed(module: str, reason: str) -> str:
    """A failure in snmp_exporter's words."""
    what = f'constLabels: {{module="{module}"}}, variableLabels: {{}}'
    return (
        'error collecting metric Desc{fqName: "snmp_error", help: "Error scraping target", '
        f"{what}}}: {reason}"
    )


def account(module: str, page: Page, own: Own) -> None:
    """Puts what a scrape took on the page."""
    labels = label_pairs([("module", module)])
    for family, value in zip((WALKED, SENT, RETRIED, RETURNED, LASTED), own, strict=True):
        samples = page.samples(family)
        if samples is not None:
            samples[labels] = value
