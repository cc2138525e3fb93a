"""Surveys wait for their turn, and one that goes wrong stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from collector.discovery import announcements
from collector.errors import SnmpGarbageError, SnmpTimeoutError
from collector.sample import Survey
from collector.snmp.engine import VarBind
from collector.snmp.target import Target
from collector.speaker import Speaker
from collector.surveyor import AT_ONCE, Surveyor
from configs.credentials import SnmpCredential, Version

PUBLIC = SnmpCredential("public", Version.V2C, "public")
NAME = "1.3.6.1.2.1.1.5.0"


def target(node: str) -> Target:
    return Target(node, "127.0.0.1", 161, PUBLIC)


class Device:
    """Says its name once it may, unless it is dead or drives its reader mad."""

    def __init__(self) -> None:
        self.asked = 0
        self.at_once = 0
        self.crowded = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def get(self, target: Target, oids: Sequence[str]) -> list[VarBind]:
        self.asked += 1
        self.at_once = max(self.at_once, self.asked)
        if self.asked == AT_ONCE:
            self.crowded.set()
        await self.may_answer.wait()
        self.asked -= 1
        if target.node == "dead":
            raise SnmpTimeoutError(target.node, "get", "no answer")
        if target.node == "mad":
            raise IndexError("nobody thought of that")
        return [
            VarBind(oid, "OctetString", target.node.encode())
            if oid == NAME
            else VarBind(oid, "noSuchInstance", None)
            for oid in oids
        ]

    async def columns(
        self, target: Target, roots: Sequence[str], most: int | None = None
    ) -> list[VarBind]:
        if target.node == "odd" and announcements.CDP["name"] in roots:
            raise SnmpGarbageError(target.node, "walk", "in circles")
        return []


async def told_of(surveyor: Surveyor, nodes: Sequence[str]) -> dict[str, Survey | Speaker | None]:
    heard: dict[str, Survey | Speaker | None] = {}
    done = asyncio.Event()

    def told(node: str, found: Survey | Speaker | None) -> None:
        heard[node] = found
        if len(heard) == len(nodes):
            done.set()

    for node in nodes:
        surveyor.hear(target(node), lambda found, node=node: told(node, found))  # type: ignore[misc]
    await done.wait()
    return heard


async def test_only_a_few_devices_are_surveyed_at_a_time() -> None:
    device = Device()
    async with Surveyor(device, (), lambda: 0.0) as surveyor:
        waiting = asyncio.create_task(told_of(surveyor, [f"n{i}" for i in range(5 * AT_ONCE)]))
        await device.crowded.wait()
        assert surveyor.stats.waiting == 5 * AT_ONCE
        device.may_answer.set()
        heard = await waiting
    assert device.at_once == AT_ONCE
    assert {node: said.name for node, said in heard.items() if isinstance(said, Speaker)} == {
        f"n{i}": f"n{i}" for i in range(5 * AT_ONCE)
    }
    assert (surveyor.stats.done, surveyor.stats.waiting) == (5 * AT_ONCE, 0)


async def test_a_survey_that_fails_is_told_and_counted_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    device = Device()
    device.may_answer.set()
    nodes = ["dead", "mad"] * AT_ONCE + ["well"]
    async with Surveyor(device, (), lambda: 0.0) as surveyor:
        heard = await told_of(surveyor, [*dict.fromkeys(nodes)])
        assert (heard["dead"], heard["mad"]) == (None, None)
        assert isinstance(heard["well"], Speaker)
    assert (surveyor.stats.failed, surveyor.stats.done) == (2, 1)
    assert "survey broken off: node=mad" in caplog.text


async def test_a_survey_that_nobody_can_take_in_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def told(found: Survey | Speaker | None) -> None:
        raise LookupError("nobody thought of that")

    device = Device()
    device.may_answer.set()
    async with asyncio.timeout(5), Surveyor(device, (), lambda: 0.0) as surveyor:
        for _ in range(AT_ONCE):
            surveyor.hear(target("mad to hear"), told)
        assert isinstance((await told_of(surveyor, ["well"]))["well"], Speaker)
    assert "survey not taken in: node=mad to hear" in caplog.text


async def test_leaving_drops_what_waits() -> None:
    device = Device()
    async with asyncio.timeout(5), Surveyor(device, (), lambda: 0.0) as surveyor:
        for i in range(3 * AT_ONCE):
            surveyor.hear(target(f"n{i}"), lambda found: pytest.fail(f"told {found}"))
        await device.crowded.wait()


async def test_a_device_is_heard_but_for_the_table_that_breaks_the_protocol() -> None:
    device = Device()
    device.may_answer.set()
    async with Surveyor(device, (), lambda: 0.0) as surveyor:
        said = (await told_of(surveyor, ["odd"]))["odd"]
    assert isinstance(said, Speaker)
    assert said.name == "odd"
    assert [(lack.table, lack.reason) for lack in said.unheard] == [("cdp", "in circles")]
    assert (surveyor.stats.done, surveyor.stats.failed) == (1, 0)
