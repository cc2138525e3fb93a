"""Devices that answer nonsense are described as far as they make sense."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite

import pytest

from collector.discovery import entity
from collector.discovery.device import discover
from collector.discovery.identity import SYS_DESCR as DESCR
from collector.discovery.identity import SYS_OBJECT_ID as OBJECT_ID
from collector.discovery.octets import LONGEST
from collector.errors import SnmpGarbageError
from collector.snmp.ber import Value
from collector.snmp.engine import VarBind
from collector.snmp.target import Target
from collector.vitals import Vitals, vitals_of
from configs.devicerules import built_in_rules
from tests.discovery.recorded import HERE, Recorded
from wanwatch.commands.discover import readable

IOS = "1.3.6.1.4.1.9.1.1"
INDEXES = ("0", "1", "1.2.3", "4294967295.4294967295", "7.1.4.10.0.0.1")
NONSENSE: tuple[Value, ...] = (
    b"",
    b"\0" * 9,
    b"\xff\xfe\x00garbage",
    b"9" * 300,
    b"9" * 400,
    b"1e308",
    b"1e999",
    b"-1e-999",
    b"nan",
    b"12 {0} {index} %s",
    "bảng".encode(),
    b"x" * 5000,
    2**64 - 1,
    -(2**31),
    0,
    3,
    "0.0",
    "1.3.6.1.4.1.9.1.1",
    None,
)


class Nonsense:
    """An agent that has every object, with the same answer or all answers in turn."""

    def __init__(self, answers: Sequence[Value]) -> None:
        self._answers = answers
        self._next = 0

    def _answer(self) -> Value:
        self._next += 1
        return self._answers[self._next % len(self._answers)]

    async def get(self, target: Target, oids: Sequence[str]) -> list[VarBind]:
        return [VarBind(oid, "OctetString", self._answer()) for oid in oids]

    async def columns(
        self, target: Target, roots: Sequence[str], most: int | None = None
    ) -> list[VarBind]:
        return [
            VarBind(f"{root}.{index}", "OctetString", self._answer())
            for root in roots
            for index in INDEXES
        ]


@pytest.mark.parametrize("answers", [*((answer,) for answer in NONSENSE), NONSENSE, NONSENSE[::-2]])
async def test_nonsense_is_described_without_an_error(answers: Sequence[Value]) -> None:
    portrait = await discover(Nonsense(answers), HERE, built_in_rules())
    json.dumps(readable(portrait), allow_nan=False)
    assert all(isfinite(sensor.value) for sensor in portrait.sensors)
    for space in (*portrait.memory, *portrait.storage):
        assert 0 <= space.used_ratio <= 1
    assert all(0 <= processor.usage_ratio <= 1 for processor in portrait.processors)
    Vitals(vitals_of(portrait))


@pytest.mark.parametrize(
    ("object_id", "unit"), [("318.1.3.27", b"PF:x"), ("5596.150.6.4.1", b"MCU:  "), ("1", b"ver-")]
)
async def test_a_text_without_end_holds_nobody_up(object_id: str, unit: bytes) -> None:
    """Some rules would look for hours in 64 kB, with the loop held all the time."""
    said: dict[str, Value] = {DESCR: unit * 16_000, OBJECT_ID: f"1.3.6.1.4.1.{object_id}"}
    found = await discover(Recorded(said), HERE, built_in_rules())
    assert found.identity.sys_descr == (unit * 16_000)[:LONGEST].decode()


async def test_a_chassis_without_end_costs_the_identity_what_it_would_have_told_and_no_more() -> (
    None
):
    class Endless(Recorded):
        async def columns(
            self, target: Target, roots: Sequence[str], most: int | None = None
        ) -> list[VarBind]:
            if f"{entity.TABLE}.7" in roots:
                raise SnmpGarbageError(target.node, "walk", "more than 50000 rows")
            return await super().columns(target, roots, most)

    said: dict[str, Value] = {DESCR: b"Cisco IOS Software, Version 15.2(4)M", OBJECT_ID: IOS}
    found = await discover(Endless(said), HERE, built_in_rules())
    assert (found.identity.os, found.identity.version) == ("ios", "15.2(4)M")
    assert any("more than 50000 rows" in why for why in found.missing)
