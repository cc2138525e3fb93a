"""No bytes upset an agent, and what it does not believe it answers as RFC 3414 says."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab import ber, usm
from lab.country import build
from lab.fleet import Fleet
from lab.message import Secrets
from lab.mib import SNMP_ENGINE, engine_id
from lab.nation import V2C, V3

SECRETS = Secrets("community", "wanwatch", "auth phrase", "priv phrase", "wanwatch", "x", "y", "z")
NATION = build(1, 34)
FLEET = Fleet(NATION, SECRETS)
NODES = {
    version: next(
        node
        for node in NATION.inventory.nodes.values()
        if node.credential == version and node.id.startswith("cpe")
    )
    for version in (V2C, V3)
}
T = 50_000.0
UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SCOPE = ber.octets(engine_id(FLEET.device(NODES[V3].id))) + ber.octets(b"")


def pdu(tag: int, names: list[tuple[int, ...]], first: int = 0, second: int = 0) -> bytes:
    bindings = ber.sequence(*(ber.sequence(ber.oid(name), b"\x05\x00") for name in names))
    return ber.tlv(tag, ber.integer(77) + ber.integer(first) + ber.integer(second) + bindings)


def v2c(body: bytes, community: str = "community") -> bytes:
    return ber.sequence(ber.integer(1), ber.octets(community), body)


def poller(**secrets: str) -> usm.Engine:
    """A client that knows the agent's engine and clock."""
    device = FLEET.device(NODES[V3].id)
    shared = {"auth": "auth phrase", "priv": "priv phrase", **secrets}
    engine = usm.Engine(engine_id(device), "wanwatch", shared["auth"], shared["priv"])
    engine.boots, engine.time = device.boots, int(T - device.booted)
    return engine


def ask(version: str, data: bytes) -> bytes | None:
    return FLEET.answer(socket.inet_aton(NODES[version].address), data, T)


def report(data: bytes | None) -> int:
    """Which usmStats counter a reply reports, 0 when it is none."""
    assert data
    marker = ber.oid((*usm.STATS, 1, 0))[2:-2]
    return data[data.index(marker) + len(marker)] if marker in data else 0


GET = ber.sequence(SCOPE, pdu(ber.GET, [UPTIME]))
AUTH_PRIV = usm.AUTH | usm.PRIV | usm.REPORTABLE
GOOD = {V2C: v2c(pdu(ber.GET, [UPTIME])), V3: poller().sealed(5, AUTH_PRIV, b"wanwatch", GET)}


@pytest.mark.parametrize("version", [V2C, V3])
@given(edits=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6))
@settings(max_examples=300, deadline=None)
def test_no_mutated_message_upsets_an_agent(version: str, edits: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD[version])
    for place, value in edits:
        data[place % len(data)] = value
    ask(version, bytes(data))
    assert ask(version, GOOD[version])


@given(st.binary(max_size=200))
def test_noise_is_not_answered(data: bytes) -> None:
    assert ask(V2C, data) is None
    assert ask(V3, data) is None


def test_a_wrong_community_or_version_is_not_answered() -> None:
    assert ask(V2C, v2c(pdu(ber.GET, [UPTIME]), "public")) is None
    assert ask(V2C, GOOD[V3]) is None
    assert ask(V3, GOOD[V2C]) is None


def test_what_version_3_does_not_believe_it_reports() -> None:
    late = poller()
    late.time -= 151
    other = usm.Engine(b"\x80\x00\x00\x00\x05other", "wanwatch", "auth phrase", "priv phrase")
    user = b"wanwatch"
    assert report(ask(V3, GOOD[V3])) == 0
    assert report(ask(V3, late.sealed(1, AUTH_PRIV, user, GET))) == usm.NOT_IN_WINDOW
    assert report(ask(V3, other.sealed(1, AUTH_PRIV, user, GET))) == usm.UNKNOWN_ENGINE
    assert report(ask(V3, poller().sealed(1, AUTH_PRIV, b"eve", GET))) == usm.UNKNOWN_USER
    for level in (usm.REPORTABLE, usm.REPORTABLE | usm.AUTH):
        assert report(ask(V3, poller().sealed(1, level, user, GET))) == usm.UNSUPPORTED_LEVEL
    wrong = poller(auth="other phrase")
    assert report(ask(V3, wrong.sealed(1, AUTH_PRIV, user, GET))) == usm.WRONG_DIGEST


def test_nothing_is_reported_to_who_cannot_take_it() -> None:
    wrong = poller(auth="other phrase")
    assert ask(V3, wrong.sealed(1, usm.AUTH | usm.PRIV, b"wanwatch", GET)) is None


def names(data: bytes | None) -> list[tuple[int, ...]]:
    """The names in a version 2c reply."""
    assert data
    at, end = ber.expect(ber.SEQUENCE, data, 0, len(data))
    *_, (at, end) = ber.parts(data, at, end, b"\x02\x04\xa2")
    *_, (at, end) = ber.parts(data, at, end, b"\x02\x02\x02\x30")
    found = []
    while at < end:
        start, at = ber.expect(ber.SEQUENCE, data, at, end)
        found.append(ber.read_oid(data, start, at)[0])
    return found


COLUMN = (1, 3, 6, 1, 2, 1, 2, 2, 1, 10)


def test_a_bulk_goes_through_columns_row_by_row() -> None:
    other = (*COLUMN[:-1], 16)
    asked = pdu(ber.GET_BULK, [UPTIME[:-1], COLUMN, other], first=1, second=3)
    assert names(ask(V2C, v2c(asked))) == [
        UPTIME,
        *(name for row in (1, 2, 3) for name in ((*COLUMN, row), (*other, row))),
    ]


def test_a_bulk_without_end_is_cut_to_what_fits_and_stops_at_the_end() -> None:
    reply = ask(V2C, v2c(pdu(ber.GET_BULK, [(1, 0)], second=10_000)))
    assert reply
    assert len(reply) <= 16_384
    last = names(reply)[-1]
    rest = names(ask(V2C, v2c(pdu(ber.GET_BULK, [last], second=10_000))))
    assert rest[-1] == (*SNMP_ENGINE, 4, 0)  # the end of the MIB has the name before it


def test_an_answer_that_would_be_too_big_is_refused() -> None:
    reply = ask(V2C, v2c(pdu(ber.GET, [(*SYS_DESCR, 0)] * 200)))
    assert reply
    assert len(reply) < 100
    assert ber.integer(77) + ber.integer(1) + ber.integer(0) in reply  # tooBig


SYS_DESCR = (1, 3, 6, 1, 2, 1, 1, 1)


def test_nothing_can_be_set() -> None:
    reply = ask(V2C, v2c(pdu(ber.SET, [UPTIME])))
    assert reply
    assert ber.integer(77) + ber.integer(17) + ber.integer(1) in reply  # notWritable
    assert names(reply) == [UPTIME]
