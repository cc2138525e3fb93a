"""An echo knows the answers to its question, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collector.snmp import ber
from collector.snmp.echo import Echo
from tests.snmp.test_template import TYPES, parsed, reply

PACKET = reply([(ber.TIME_TICKS, b"\x01\x02\x03")])
ECHO = Echo(PACKET, parsed(PACKET))


@given(st.sampled_from(TYPES), st.integers(1, 8), st.binary(min_size=4, max_size=4), st.data())
def test_an_echo_knows_its_answer_with_another_id_and_another_number(
    tag: int, size: int, request_id: bytes, data: st.DataObject
) -> None:
    content = bytes(size)
    packet = reply([(tag, content)])
    assert Echo.fits(packet, parsed(packet))
    echo = Echo(packet, parsed(packet))
    other = data.draw(st.binary(min_size=len(content), max_size=len(content)))
    answer = reply([(tag, other)], request_id)
    assert echo.matches(answer)
    assert answer[echo.id_at : echo.id_at + 4] == request_id


@given(st.integers(0, len(PACKET) - 1), st.integers(1, 255))
def test_an_echo_knows_no_answer_that_differs_elsewhere(place: int, change: int) -> None:
    assume(not ECHO.id_at <= place < ECHO.id_at + 4)
    assume(place < len(PACKET) - 3)
    forged = bytearray(PACKET)
    forged[place] ^= change
    assert not ECHO.matches(bytes(forged))


@given(st.binary(max_size=60))
def test_an_echo_takes_no_noise(noise: bytes) -> None:
    assume(noise != PACKET)
    assert not ECHO.matches(noise)
    assert not ECHO.matches(PACKET + noise[:1] + b"x")
    assert not ECHO.matches(PACKET[: len(noise) % len(PACKET)])


@pytest.mark.parametrize(
    "values",
    [[(ber.OCTET_STRING, b"3 days")], [(ber.TIME_TICKS, b"\x01")] * 2],
    ids=["a text", "two numbers"],
)
def test_only_the_answer_with_one_number_makes_an_echo(values: list[tuple[int, bytes]]) -> None:
    packet = reply(values)
    assert not Echo.fits(packet, parsed(packet))
