"""`d` shows where the network that was found differs from the declared one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from exporters.client import ApiClient
from store.database import Store
from tests.exporters.daemon import Daemon, Wiring, rewired
from tests.tui.opened import console, text_of, until
from topology.drift import Drift, DriftKind
from tui.app import Console
from tui.screens.drift import DriftView
from tui.screens.node import NodeView


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[Daemon]:
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    yield Daemon(store, wiring=Wiring(rewired()))
    await store.close()


@contextlib.asynccontextmanager
async def writing(url: str) -> AsyncIterator[tuple[Console, Pilot[int]]]:
    """A console that may decide, on its drift screen."""
    async with ApiClient(url) as client:
        app = Console(client, "en", author="Lan")
        async with app.run_test(size=(140, 40)) as pilot:
            await until(lambda: app.desk.picture)
            await pilot.press("d")
            await until(lambda: "4 to decide upon" in text_of(app))
            yield app, pilot


async def test_every_kind_is_listed_and_enter_opens_the_node(url: str) -> None:
    async with console(url, language="en", size=(160, 40)) as (app, pilot):
        await pilot.press("d")
        await until(lambda: "4 to decide upon, 0 decided" in text_of(app))
        seen = text_of(app)
        for told in ("undeclared", "cpe-1 Gi0/9", "cpe-2 Gi0/9", "other ports", "Gi0/1 – Gi0/0",
                     "unseen", "l-1", "stranger", "máy in", "lldp", "95.00 %"):  # fmt: skip
            assert told in seen
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, NodeView))
        await pilot.press("escape")
        assert isinstance(app.screen, DriftView)
        await pilot.press("slash", *"may in", "enter")
        await until(lambda: "other ports" not in text_of(app))


async def test_a_console_that_only_looks_decides_nothing_and_says_how_to(
    url: str, daemon: Daemon
) -> None:
    async with console(url, language="en", size=(80, 24)) as (app, pilot):
        await pilot.press("d")
        await until(lambda: "4 to decide upon" in text_of(app))
        await pilot.press("a")
        await until(lambda: "open with wanwatch tui --write to decide" in text_of(app))
        assert not daemon.wiring.decisions
        await pilot.press("L")
        await until(lambda: "wanwatch tui --write để quyết định" in text_of(app))


async def test_what_is_accepted_or_rejected_goes_below_and_can_be_taken_back(
    url: str, daemon: Daemon
) -> None:
    async with writing(url) as (app, pilot):
        await pilot.press("r")
        await until(lambda: "3 to decide upon, 1 decided" in text_of(app))
        (decision,) = daemon.wiring.decisions.values()
        assert (decision.verdict, decision.author) == ("rejected", "Lan")
        assert "rejected by Lan" in text_of(app)
        await pilot.press("home", "a")
        await until(lambda: "2 to decide upon, 2 decided" in text_of(app))
        await pilot.press("end", "u")
        await until(lambda: "3 to decide upon, 1 decided" in text_of(app))


async def test_a_decision_that_cannot_be_sent_is_said(url: str, daemon: Daemon) -> None:
    async with writing(url) as (app, pilot):
        daemon.wiring.findings = type(daemon.wiring.findings)()
        await pilot.press("a")
        await until(lambda: "4 to decide upon, 0 decided" not in text_of(app))
        assert not daemon.wiring.decisions


async def test_the_palette_leads_there(url: str) -> None:
    async with console(url, language="en") as (app, pilot):
        await pilot.press("colon", *"drift", "enter")
        await until(lambda: isinstance(app.screen, DriftView))


async def test_ports_that_call_themselves_odd_things_stay_in_their_cells(
    url: str, daemon: Daemon
) -> None:
    findings = daemon.wiring.findings
    cable = next(one.edge for one in findings.drifts if one.kind == "undeclared" and one.edge)
    odd = replace(cable, a=replace(cable.a, port="Gi0\n/9\x9b2J"), b=replace(cable.b, port="\x7f"))
    drifts = (Drift(DriftKind.UNDECLARED, edge=odd),)
    daemon.wiring.findings = replace(findings, drifts=drifts)
    async with console(url, language="en", size=(160, 40)) as (app, pilot):
        await pilot.press("d")
        await until(lambda: "1 to decide upon" in text_of(app))
        assert "cpe-1 Gi0 /9 2J" in text_of(app)
        assert all(map(str.isprintable, text_of(app).splitlines()))
