"""What the screens look like. After a change that was meant: `pytest --snapshot-update`, and look
at the pictures before committing them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

import pytest
from textual.pilot import Pilot

from exporters.client import ApiClient
from exporters.schema.log import EventOut, OutageDetail
from exporters.schema.network import DriftOut, TopologyOut
from exporters.schema.node import NodeDetail, NodeOut
from exporters.schema.picture import SnapshotOut, StreamUpdate
from exporters.schema.planned import MaintenanceOut, SilenceOut
from exporters.schema.whatif import WhatIfOut
from tests.tui.nation import Nation, troubled_nation, whole_nation
from tests.tui.opened import VIETNAM, FrozenClock, text_of, until
from tests.tui.pieces import drift, silences, windows
from tui.app import Console
from tui.desk import Clock

Compare = Callable[..., bool]


class Canned(ApiClient):
    """Answers out of a nation, without a network."""

    def __init__(self, nation: Nation) -> None:
        super().__init__("http://127.0.0.1:9464")
        self._nation = nation

    async def snapshot(self) -> SnapshotOut:
        return self._nation.snapshot()

    async def stream(self) -> AsyncIterator[StreamUpdate]:
        await asyncio.Event().wait()
        yield self._nation.update()

    async def nodes(
        self,
        *,
        site: str | None = None,
        province: str | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[NodeOut]:
        return self._nation.nodes(site or "", province or "")[offset : offset + (limit or 10_000)]

    async def node(self, node: str) -> NodeDetail:
        return self._nation.node_detail(node)

    async def outage(self, outage: str) -> OutageDetail:
        return self._nation.outages[outage]

    async def whatif(self, targets: Sequence[str], *, now: bool = True) -> WhatIfOut:
        return self._nation.what_if("lao-cai")

    async def topology(self) -> TopologyOut:
        return TopologyOut(heard_at=self._nation.now, whole=True, edges={}, found=0)

    async def drift(self, *, decided: bool = False) -> list[DriftOut]:
        return drift()

    async def windows(self, *, since: datetime) -> list[MaintenanceOut]:
        return windows()

    async def silences(self, *, since: datetime) -> list[SilenceOut]:
        return silences()

    async def events(self, **filters: str) -> list[EventOut]:
        return [e for e in self._nation.events if filters.get("outage", e.outage) == e.outage]


@pytest.fixture(autouse=True)
def _in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


def opened(nation: Nation, language: str, author: str = "") -> Console:
    clock = Clock((frozen := FrozenClock()).utc, frozen.monotonic, VIETNAM)
    return Console(Canned(nation), language, clock, author=author)


def pressing(*keys: str) -> Callable[[Pilot[int]], object]:
    async def press(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, Console)
        await until(lambda: app.desk.picture)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        waiting = app.desk.say("console.waiting.answer")
        await until(lambda: not app._resting and waiting not in text_of(app))
        await pilot.pause()

    return press


def test_coverage_on_a_small_terminal(snap_compare: Compare) -> None:
    app = opened(troubled_nation(), "vi")
    assert snap_compare(app, terminal_size=(80, 24), run_before=pressing("down", "right"))


def test_coverage_on_a_large_terminal(snap_compare: Compare) -> None:
    assert snap_compare(
        opened(troubled_nation(), "vi"), terminal_size=(160, 50), run_before=pressing()
    )


def test_coverage_when_all_is_well(snap_compare: Compare) -> None:
    assert snap_compare(opened(whole_nation(), "en"), terminal_size=(80, 24), run_before=pressing())


def test_outages(snap_compare: Compare) -> None:
    assert snap_compare(
        opened(troubled_nation(), "vi"), terminal_size=(80, 24), run_before=pressing("2")
    )


def test_an_outage(snap_compare: Compare) -> None:
    keys = pressing("2", "enter")
    assert snap_compare(opened(troubled_nation(), "en"), terminal_size=(80, 24), run_before=keys)


def test_a_node_on_a_large_terminal(snap_compare: Compare) -> None:
    keys = pressing("down", "enter", "end", "enter")
    assert snap_compare(opened(troubled_nation(), "vi"), terminal_size=(160, 50), run_before=keys)


def test_a_node_on_a_small_terminal(snap_compare: Compare) -> None:
    keys = pressing("down", "enter", "end", "enter")
    assert snap_compare(opened(troubled_nation(), "en"), terminal_size=(80, 24), run_before=keys)


def test_the_health_of_a_node_on_a_small_terminal(snap_compare: Compare) -> None:
    keys = pressing("down", "enter", "end", "enter", "right", "right")
    assert snap_compare(opened(troubled_nation(), "vi"), terminal_size=(80, 24), run_before=keys)


def test_what_if_a_root_failed(snap_compare: Compare) -> None:
    keys = pressing("2", "w")
    assert snap_compare(opened(troubled_nation(), "vi"), terminal_size=(100, 40), run_before=keys)


def test_drift_on_a_small_terminal(snap_compare: Compare) -> None:
    keys = pressing("d", "down")
    assert snap_compare(opened(whole_nation(), "vi"), terminal_size=(80, 24), run_before=keys)


def test_drift_on_a_large_terminal(snap_compare: Compare) -> None:
    keys = pressing("d", "down")
    assert snap_compare(opened(whole_nation(), "en"), terminal_size=(160, 50), run_before=keys)


def test_what_is_planned_on_a_small_terminal(snap_compare: Compare) -> None:
    app = opened(troubled_nation(), "vi")
    assert snap_compare(app, terminal_size=(80, 24), run_before=pressing("p"))


def test_what_is_planned_on_a_large_terminal(snap_compare: Compare) -> None:
    keys = pressing("p", "down", "down")
    assert snap_compare(opened(troubled_nation(), "en"), terminal_size=(160, 50), run_before=keys)


def test_the_question_before_a_window_is_ended(snap_compare: Compare) -> None:
    app = opened(troubled_nation(), "vi", "Ngô Bảo")
    assert snap_compare(app, terminal_size=(80, 24), run_before=pressing("p", "x"))


def test_the_form_that_silences_an_outage(snap_compare: Compare) -> None:
    app = opened(troubled_nation(), "en", "Ngô Bảo")
    keys = pressing("2", "S", *"Storm", "shift+tab", "x")
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys)


def test_a_terminal_that_is_too_small(snap_compare: Compare) -> None:
    assert snap_compare(opened(whole_nation(), "vi"), terminal_size=(40, 10), run_before=pressing())
