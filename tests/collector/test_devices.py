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
from lab.main import LabInfo, serve
from tests.collector.conftest import Kept

UPS = """\
1.3.6.1.2.1.1.1.0|4|APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.9.6 AF1:v6.9.6)
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.318.1.3.27
1.3.6.1.2.1.1.3.0|67|4711
1.3.6.1.2.1.1.5.0|4|ups-lao-cai
1.3.6.1.2.1.33.1.2.4.0|2|80
1.3.6.1.2.1.33.1.4.1.0|2|5
1.3.6.1.2.1.33.1.4.4.1.5.1|2|37
1.3.6.1.4.1.318.1.1.1.1.1.1.0|4|Smart-UPS X 750
1.3.6.1.4.1.318.1.1.1.1.2.3.0|4|AS1234567890
1.3.6.1.4.1.318.1.1.1.2.3.2.0|66|235
1.3.6.1.4.1.318.1.1.1.4.1.1.0|2|3
"""


@pytest.fixture(autouse=True)
def no_patience_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.fleet.FIRST", dict.fromkeys(Kind, (0.0, 1000)))


@pytest.fixture
async def recorded(tmp_path: Path) -> AsyncIterator[LabInfo]:
    """A lab of one device, an uninterruptible power supply on battery."""
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "ups.snmprec").write_text(UPS, "utf-8")
    ready: asyncio.Future[LabInfo] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(
            tmp_path / "lab",
            recordings=tmp_path / "recordings",
            http_port=0,
            ready=ready.set_result,
        )
    )
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        task.result()
    yield ready.result()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def numbers(readings: Readings) -> dict[str, float]:
    return {
        series.metric: number
        for series, number in zip(readings.layout.numbers, readings.numbers, strict=True)
    }


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
