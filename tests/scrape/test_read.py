"""What is asked of a device, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from collector.errors import RefusedError, SnmpTimeoutError
from collector.modules import read
from collector.modules.read import ModuleReader
from collector.modules.request import Request
from collector.snmp import ber, message
from collector.snmp.engine import Found, SnmpEngine
from collector.snmp.message import Pdu
from collector.snmp.repeat import Steps
from collector.snmp.room import Room
from collector.snmp.target import Target
from collector.snmp.walk import Walk
from configs.credentials import SnmpCredential
from configs.module import Filter, Module
from tests.scrape.material import DESCR, OCTETS, UPTIME, octets
from tests.snmp.conftest import Snmpd, community

NAME = "1.3.6.1.2.1.31.1.1.1.1"
TARGET = Target("10.0.0.1:161", "10.0.0.1", 161, SnmpCredential("lab"))


class Engine(SnmpEngine):
    """Answers from memory; `asked` is every (gets, walks)."""

    def __init__(self, values: dict[bytes, ber.Value], silent: bytes = b"none") -> None:
        super().__init__()
        self.values = values
        self.silent = silent
        self.asked: list[tuple[tuple[bytes, ...], tuple[bytes, ...]]] = []
        self.hints: list[Sequence[int] | None] = []
        self.forgotten: list[str] = []

    async def read(
        self,
        target: Target,
        gets: Sequence[bytes],
        roots: Sequence[bytes],
        repetitions: int = 0,
        rows: Sequence[int] | None = None,
        *,
        ordered: bool = True,
        steps: Steps | None = None,
    ) -> Found:
        self.asked.append((tuple(gets), tuple(roots)))
        self.hints.append(rows)
        if self.silent in roots:
            raise SnmpTimeoutError(target.node, "read", "no answer")
        found = {
            oid: value
            for oid, value in self.values.items()
            if oid in gets or oid.startswith(tuple(roots))
        }
        return Found(found, 1, 0, tuple(len(found) for _ in roots))

    def forget(self, node: str) -> None:
        self.forgotten.append(node)


DEVICE: dict[bytes, ber.Value] = {
    octets(f"{DESCR}.1"): b"lo",
    octets(f"{DESCR}.2"): b"Gi0/1",
    octets(f"{DESCR}.300"): b"Gi0/2",
    octets(f"{NAME}.1"): 1,
    octets(f"{NAME}.2"): 1,
    octets(f"{NAME}.300"): 2,
}
GIGABIT = Filter(DESCR, targets=(OCTETS,), values=("^Gi",))
IN_USE = Filter(NAME, targets=(OCTETS,), values=("^1$", "^3$"))


def module(*filters: Filter) -> Request:
    asked = Module("m", walk=(DESCR, OCTETS), get=(f"{UPTIME}.0",), metrics=(), filters=filters)
    return Request.of(asked)


async def last_question(engine: Engine, request: Request) -> tuple[set[bytes], set[bytes]]:
    await ModuleReader(engine).read(TARGET, request)
    gets, walks = engine.asked[-1]
    return set(gets), set(walks)


async def test_without_filters_everything_is_asked_as_the_module_says() -> None:
    gets, walks = await last_question(Engine(DEVICE), module())
    assert gets == {octets(f"{UPTIME}.0")}
    assert walks == {octets(DESCR), octets(OCTETS)}


async def test_a_filter_has_rows_got_instead_of_the_column_walked() -> None:
    gets, walks = await last_question(Engine(DEVICE), module(GIGABIT))
    assert gets == {octets(f"{UPTIME}.0"), octets(f"{OCTETS}.2"), octets(f"{OCTETS}.300")}
    assert walks == {octets(DESCR)}


async def test_of_two_filters_on_a_target_both_have_to_want_a_row() -> None:
    gets, _ = await last_question(Engine(DEVICE), module(GIGABIT, IN_USE))
    assert gets == {octets(f"{UPTIME}.0"), octets(f"{OCTETS}.2")}


async def test_a_filter_without_an_answer_filters_nothing() -> None:
    gets, walks = await last_question(Engine(DEVICE, silent=octets(NAME)), module(IN_USE))
    assert gets == {octets(f"{UPTIME}.0")}
    assert walks == {octets(DESCR), octets(OCTETS)}


async def test_packets_of_filters_are_counted_too() -> None:
    found = await ModuleReader(Engine(DEVICE)).read(TARGET, module(GIGABIT, IN_USE))
    assert found.sent == 3


async def test_the_second_time_it_is_known_how_many_rows_to_ask_for() -> None:
    engine = Engine(DEVICE)
    reader = ModuleReader(engine)
    await reader.read(TARGET, module())
    await reader.read(TARGET, module())
    assert engine.hints == [None, (3, 3)]


async def test_of_many_strangers_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "KNOWN", 2)
    engine = Engine(DEVICE)
    reader = ModuleReader(engine)
    for node in ("a", "b", "a", "c"):
        await reader.read(replace(TARGET, node=node), module())
    assert engine.forgotten == ["b"]


async def test_a_real_device_is_read_the_same_at_every_reading_with_fewer_packets(
    snmpd: Snmpd,
) -> None:
    request = Request.of(Module("m", ("1.3.6.1.2.1.1", "1.3.6.1.2.1.2"), (), ()))
    async with SnmpEngine() as engine:
        reader = ModuleReader(engine)
        first, second, third = [
            await reader.read(snmpd.target(community()), request) for _ in range(3)
        ]
    assert first.values.keys() == second.values.keys() == third.values.keys()
    assert third.sent < first.sent


async def test_no_more_rows_are_asked_for_at_once_than_the_module_allows(snmpd: Snmpd) -> None:
    requests = [
        Request.of(Module("m", ("1.3.6.1.2.1.1",), (), (), max_repetitions=most))
        for most in (1, None)
    ]
    async with SnmpEngine() as engine:
        slow, quick = [
            await engine.read(snmpd.target(community()), *request.question, request.repetitions)
            for request in requests
        ]
    assert slow.values.keys() == quick.values.keys()
    assert slow.sent == len(slow.values) + 1 > quick.sent


def heard(*rows: str, ordered: bool) -> list[bytes]:
    """What a walk of DESCR keeps of one answer with these rows of it."""
    walk = Walk((), (octets(DESCR),), ((0,),), room=Room(), ordered=ordered)
    binds = [(octets(f"{DESCR}.{row}"), ber.INTEGER, 0, 1) for row in rows]
    walk.hear(walk.ask(), Pdu(message.RESPONSE, b"1234", 0, 0, 0, 0, binds), b"\x07")
    return [oid for oid, _ in walk.found()]


def test_a_module_may_believe_an_agent_that_keeps_no_order() -> None:
    assert Request.of(Module("m", (), (), (), allow_nonincreasing_oids=True)).ordered is False
    assert heard("1", "3", "2", ordered=False) == [octets(f"{DESCR}.{row}") for row in (1, 3, 2)]
    with pytest.raises(RefusedError):
        heard("1", "3", "2", ordered=True)


def test_an_agent_without_order_that_goes_in_circles_comes_to_an_end() -> None:
    assert len(heard("1", "3", "2", "1", "3", ordered=False)) == 3
