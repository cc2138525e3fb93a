"""A scrape that repeats an earlier one gives, line for line, what a fresh one gives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.modules.read import ModuleReader
from collector.snmp import ber
from collector.snmp.engine import SnmpEngine
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from configs.module import Index, Lookup, Metric, Module
from exporters.snmp import echo
from exporters.snmp.echo import Mark, Memories
from exporters.snmp.logins import Logins
from exporters.snmp.scrape import DeviceScraper, Scrape
from tests.snmp.scripted import Objects, ScriptedAgent

TABLE = "1.3.6.1.4.1.9.1"
UPTIME = "1.3.6.1.2.1.1.3"
INDEX = (Index("row", "gauge"),)
BY_NAME = (Lookup(("row",), "name", f"{TABLE}.1", "DisplayString"),)
BY_NUMBER = (Lookup(("row",), "peer", f"{TABLE}.4", "gauge"),)
MODULE = Module(
    "m",
    walk=tuple(f"{TABLE}.{column}" for column in range(1, 7)),
    get=(f"{UPTIME}.0",),
    metrics=(
        Metric("uptime", UPTIME, "gauge", scale=0.01),
        Metric("name", f"{TABLE}.1", "DisplayString", indexes=INDEX),
        Metric("octets_total", f"{TABLE}.2", "counter", indexes=INDEX, lookups=BY_NAME),
        Metric("level", f"{TABLE}.3", "gauge", indexes=INDEX, lookups=BY_NUMBER, offset=-3.5),
        Metric("peer", f"{TABLE}.4", "gauge", indexes=INDEX),
        Metric("state", f"{TABLE}.5", "EnumAsStateSet", indexes=INDEX, enum_values={1: "up"}),
        Metric("plain", f"{TABLE}.6", "gauge", indexes=INDEX, lookups=BY_NAME),
    ),
)
PUBLIC = SnmpCredential("lab", Version.V2C, "public")
PRIVATE = SnmpCredential(
    "lab",
    Version.V3,
    username="u",
    auth_protocol=AuthProtocol.SHA,
    auth_passphrase="authentication",
    priv_protocol=PrivProtocol.AES,
    priv_passphrase="privacy key",
)
TAGS = (ber.OCTET_STRING, ber.COUNTER64, ber.INTEGER, ber.GAUGE32, ber.INTEGER, ber.COUNTER32)
SPANS = {
    ber.COUNTER64: (0, 2**64 - 1),
    ber.INTEGER: (-(2**31), 2**31 - 1),
    ber.GAUGE32: (0, 2**32 - 1),
    ber.COUNTER32: (0, 2**32 - 1),
}


def content(tag: int, value: int | str) -> tuple[int, bytes]:
    if isinstance(value, str):
        return tag, value.encode()
    return tag, ber.encode_integer(value, tag)[2:]


def device(uptime: int, *rows: tuple[str, int, int, int, int, int]) -> Objects:
    made = {f"{UPTIME}.0": content(ber.TIME_TICKS, uptime), "1.3.6.1.5.1": content(66, uptime)}
    for index, row in enumerate(rows, 1):
        for column, (tag, value) in enumerate(zip(TAGS, row, strict=True), 1):
            made[f"{TABLE}.{column}.{index}"] = content(tag, value)
    return made


QUIET = device(100, ("a", 1, 10, 7, 1, 5), ("b", 2, 20, 8, 2, 6))


@asynccontextmanager
async def scrapers(agent: ScriptedAgent) -> AsyncIterator[tuple[DeviceScraper, DeviceScraper]]:
    """One that remembers, and one whose every scrape is to be the first."""
    logins = Logins({"lab": agent.credential})
    async with SnmpEngine() as one, SnmpEngine() as other:
        yield (
            DeviceScraper(ModuleReader(one), {"m": MODULE}, logins, lambda: 0.0),
            DeviceScraper(ModuleReader(other), {"m": MODULE}, logins, lambda: 0.0),
        )


async def lines(scraper: DeviceScraper, agent: ScriptedAgent) -> list[bytes]:
    """The text, without what is told of packets."""
    text = await scraper.scrape(Scrape(f"127.0.0.1:{agent.port}", ("m",), "lab"))
    return [line for line in text.splitlines() if b"snmp_scrape_packets" not in line]


def hits(scraper: DeviceScraper) -> tuple[int, int]:
    (memory,) = scraper._memories._of.values()
    return memory.hits, memory.misses


numbers = st.tuples(*(st.integers(*SPANS[tag]) | st.integers(0, 3) for tag in TAGS[1:]))
rows = st.builds(
    lambda name, numbers: (name, *numbers), st.sampled_from(["a", 'b"\\', ""]), numbers
)
devices = st.builds(
    lambda uptime, rows: device(uptime, *rows),
    st.integers(0, 2**32 - 1),
    st.lists(rows, max_size=3),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(devices, min_size=1, max_size=3), st.lists(st.integers(0, 2), max_size=8))
def test_whatever_a_device_answers_the_text_is_that_of_a_first_scrape(
    states: list[Objects], order: list[int]
) -> None:
    async def compare() -> None:
        async with ScriptedAgent(QUIET, PUBLIC) as agent, scrapers(agent) as (ours, fresh):
            for place in (0, 0, 0, *order):
                agent.replace(states[place % len(states)])
                fresh.use({"m": MODULE}, Logins({"lab": PUBLIC}))
                assert await lines(ours, agent) == await lines(fresh, agent)

    asyncio.run(compare())


@pytest.mark.parametrize("credential", [PUBLIC, PRIVATE], ids=["v2c", "v3"])
async def test_numbers_that_change_are_put_into_the_text_of_before(
    credential: SnmpCredential,
) -> None:
    async with ScriptedAgent(QUIET, credential) as agent, scrapers(agent) as (ours, _):
        await lines(ours, agent)
        await lines(ours, agent)
        asked = len(agent.requests)
        for other in (
            device(101, ("a", 9, 11, 7, 1, 1), ("b", 8, 21, 8, 2, 0)),
            device(2**31, ("a", 2**60 + 1, -1, 7, 1, 2**32 - 1), ("b", 0, 21, 8, 2, 9)),
        ):
            agent.replace(other)
            text = await lines(ours, agent)
        assert b"uptime 21474836.48" in text
        assert b'octets_total{name="a",row="1"} %d' % ((2**60 + 1) % 2**53) in text
        assert b'level{peer="7",row="1"} -4.5' in text
        assert b'plain{name="b",row="2"} 9' in text
        assert hits(ours) == (2, 0)
        assert len(agent.requests) - asked <= 6


@pytest.mark.parametrize(
    "changed",
    [
        device(100, ("A", 1, 10, 7, 1, 5), ("b", 2, 20, 8, 2, 6)),  # a text in labels
        device(100, ("a", 1, 10, 9, 1, 5), ("b", 2, 20, 8, 2, 6)),  # a number in labels
        device(100, ("a", 1, 10, 7, 2, 5), ("b", 2, 20, 8, 2, 6)),  # an enumeration
        device(100, ("a", 1, 10, 7, 1, 5)),  # a row less
        device(100, ("a", 1, 10, 7, 1, 5), ("b", 2, 20, 8, 2, 6), ("c", 1, 1, 1, 1, 1)),
    ],
)
async def test_anything_else_that_changes_makes_the_text_anew_without_asking_twice(
    changed: Objects,
) -> None:
    async with ScriptedAgent(QUIET, PUBLIC) as agent, scrapers(agent) as (ours, fresh):
        for _ in range(3):
            await lines(ours, agent)
        assert hits(ours) == (1, 0)
        agent.replace(changed)
        asked = len(agent.requests)
        text = await lines(ours, agent)
        most = len(agent.requests) - asked
        assert text == await lines(fresh, agent)
        assert hits(ours) == (1, 1)
        asked = len(agent.requests)
        await lines(ours, agent)
        assert most <= len(agent.requests) - asked + 2


async def test_a_step_without_an_answer_in_time_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    modules = {"m": replace(MODULE, timeout_s=0.05, retries=2)}
    async with ScriptedAgent(QUIET, PUBLIC) as agent, scrapers(agent) as (ours, _):
        ours.use(modules, Logins({"lab": PUBLIC}))
        before = [await lines(ours, agent) for _ in range(3)]
        book, silent = agent.script, [True]
        monkeypatch.setattr(
            agent, "script", lambda *given: iter(()) if silent and silent.pop() else book(*given)
        )
        assert await lines(ours, agent) == before[-1]
        assert hits(ours) == (1, 1)


async def test_a_device_whose_texts_always_change_is_soon_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = []
    real = echo.echo_of
    monkeypatch.setattr(
        "exporters.snmp.scrape.echo_of", lambda *given: made.append(1) or real(*given)
    )
    async with ScriptedAgent(QUIET, PUBLIC) as agent, scrapers(agent) as (ours, _):
        for number in range(10):
            agent.replace(device(100, (f"clock {number}", 1, 10, 7, 1, 5)))
            await lines(ours, agent)
    assert len(made) == 1 + echo.FIRST_TRIES


async def test_other_modules_and_credentials_forget_what_was_remembered() -> None:
    async with ScriptedAgent(QUIET, PUBLIC) as agent, scrapers(agent) as (ours, _):
        for _ in range(3):
            await lines(ours, agent)
        ours.use({"m": replace(MODULE, metrics=MODULE.metrics[:1])}, Logins({"lab": PUBLIC}))
        assert not any(line.startswith(b"plain") for line in await lines(ours, agent))


async def test_echoes_take_no_more_memory_than_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    memories: Memories[str] = Memories(lambda: now)
    async with ScriptedAgent(QUIET, PUBLIC) as agent, scrapers(agent) as (ours, _):
        for _ in range(3):
            await lines(ours, agent)
        (known,) = ours._memories._of.values()
    assert known.echo is not None
    monkeypatch.setattr(echo, "MOST_OCTETS", 20_000)
    for number in range(100):
        memories.keep(str(number), known.echo)
    kept = len(memories._of)
    assert 1 < kept < 20
    now = echo.FRESH_S + 1
    memories.keep("new", known.echo)
    assert list(memories._of) == ["new"]


async def test_a_device_that_changes_now_and_then_leaves_nothing_behind() -> None:
    async with ScriptedAgent(QUIET, PUBLIC) as agent, scrapers(agent) as (ours, _):
        kept = []
        for number in range(40):
            agent.replace(device(2 ** (number % 30), ("a", number, 10, number // 4 % 2, 1, 5)))
            await lines(ours, agent)
            kept.append((len(ours._memories._known), ours._memories.octets))
    assert max(kept[20:]) == max(kept[10:20])


def test_what_is_reckoned_with_a_mark_is_reckoned_with_its_number_later() -> None:
    assert ((Mark(5) * 0.5) + 2.0).of(7) == 7 * 0.5 + 2.0
    assert Mark(5).of(2**53 - 1) == 2**53 - 1
