"""From a device's recording to what the collector polls of it, over real packets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from collector.fleet import Collector
from collector.sample import Readings, Survey
from collector.schedule import Kind
from configs.devicerules import built_in_rules
from configs.loader import load
from configs.settings import Polling
from lab.main import LabInfo
from tests.collector.conftest import Kept
from tests.recorded_ups import recorded_ups


@pytest.fixture(autouse=True)
def no_patience_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.cadence.FIRST", dict.fromkeys(Kind, (0.0, 1000)))


def numbers(readings: Readings) -> dict[str, float]:
    return {
        series.metric: number
        for series, number in zip(readings.layout.numbers, readings.numbers, strict=True)
    }


@pytest.fixture
async def recorded(tmp_path: Path) -> AsyncIterator[LabInfo]:
    async with recorded_ups(tmp_path) as lab:
        yield lab


async def test_a_power_supply_is_asked_where_its_power_comes_from_with_its_counters(
    recorded: LabInfo, sink: Kept
) -> None:
    wan = load(recorded.config)
    polling = Polling(
        reachability_interval_s=0.2, counters_interval_s=0.3, vitals_interval_s=0.5, timeout_s=0.5
    )
    made = Collector(
        "hn",
        wan.inventory,
        polling,
        wan.snmp,
        wan.ssh,
        wan.modules["wan"],
        None,
        sink,
        devices=built_in_rules(),
        modules=wan.modules,
    )
    task = asyncio.create_task(made.run())
    survey = await sink.first(Survey)
    ups = await sink.first(Readings, lambda s: s.layout.module == "ups")
    apc = await sink.first(Readings, lambda s: s.layout.module == "apc_ups")
    vitals = await sink.first(Readings, lambda s: s.layout.module == "vitals")
    polled = await made.poll(survey.node)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    identity = survey.portrait.identity
    assert (identity.os, identity.hardware) == ("apc", "Smart-UPS X 750")
    assert identity.serial == "AS1234567890"
    assert numbers(ups)["upsOutputSource"] == 5
    assert numbers(ups)["upsOutputPercentLoad"] == 37
    assert numbers(apc)["upsBasicOutputStatus"] == 3
    assert numbers(vitals)["wanwatch_sensor_status"] == 0
    assert numbers(vitals)["wanwatch_sensor_temperature_celsius"] == 23.5
    assert isinstance(polled, Readings)
    assert polled.layout.module == "wan"
