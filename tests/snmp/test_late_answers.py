"""A busy agent, or a busy monitor, makes answers late; late is not dead."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto.api import v2c

from collector.sample import Reach
from collector.snmp.engine import SnmpEngine
from collector.snmp.target import Target
from tests.snmp.conftest import community

PATIENCE_S = 0.2


def answer_to(request: bytes) -> bytes:
    """What an agent answers to a GET of sysUpTime.0, as pysnmp encodes it."""
    message, _ = decoder.decode(request, asn1Spec=v2c.Message())
    asked = v2c.apiMessage.get_pdu(message)
    response = v2c.apiPDU.get_response(asked)
    name = v2c.apiPDU.get_varbinds(asked)[0][0]
    v2c.apiPDU.set_varbinds(response, [(name, v2c.TimeTicks(42))])
    reply = v2c.Message()
    v2c.apiMessage.set_defaults(reply)
    v2c.apiMessage.set_community(reply, v2c.apiMessage.get_community(message))
    v2c.apiMessage.set_pdu(reply, response)
    return bytes(encoder.encode(reply))


@pytest.fixture
def agent() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        yield sock


async def hear(agent: socket.socket) -> tuple[bytes, tuple[str, int]]:
    request, address = await asyncio.get_running_loop().sock_recvfrom(agent, 65535)
    return request, address


def target(agent: socket.socket) -> Target:
    host, port = agent.getsockname()
    return Target("cpe-1", host, port, community(), PATIENCE_S, 0)


async def test_an_answer_that_is_late_for_its_probe_serves_the_next_one(
    engine: SnmpEngine, agent: socket.socket
) -> None:
    reaches: asyncio.Queue[Reach] = asyncio.Queue()
    engine.probe(target(agent), reaches.put_nowait)
    late, address = await hear(agent)
    assert not (await reaches.get()).answered
    engine.probe(target(agent), reaches.put_nowait)
    await hear(agent)
    agent.sendto(answer_to(late), address)
    reach = await reaches.get()
    assert reach.answered
    assert reach.rtt_s is not None
    assert reach.rtt_s > PATIENCE_S  # its own round trip, not the next probe's


async def test_answers_that_wait_unread_while_the_loop_is_held_up_are_not_timeouts(
    engine: SnmpEngine, agent: socket.socket
) -> None:
    reaches: asyncio.Queue[Reach] = asyncio.Queue()
    engine.probe(target(agent), reaches.put_nowait)
    request, address = await hear(agent)
    agent.sendto(answer_to(request), address)
    held_up = asyncio.get_running_loop().time() + 3 * PATIENCE_S
    while asyncio.get_running_loop().time() < held_up:
        pass  # the loop turns no more
    assert (await reaches.get()).answered


async def test_an_answer_that_comes_between_two_probes_serves_the_second(
    engine: SnmpEngine, agent: socket.socket
) -> None:
    reaches: asyncio.Queue[Reach] = asyncio.Queue()
    engine.probe(target(agent), reaches.put_nowait)
    late, address = await hear(agent)
    assert not (await reaches.get()).answered
    agent.sendto(answer_to(late), address)
    await asyncio.sleep(0.05)  # it lies there while nobody asks
    engine.probe(target(agent), reaches.put_nowait)
    reach = await asyncio.wait_for(reaches.get(), PATIENCE_S / 2)  # the agent says no more
    assert reach.answered
    assert reach.rtt_s is not None
    assert reach.rtt_s > PATIENCE_S


async def test_what_comes_between_two_probes_is_believed_no_more_than_any_answer(
    engine: SnmpEngine, agent: socket.socket
) -> None:
    reaches: asyncio.Queue[Reach] = asyncio.Queue()
    engine.probe(target(agent), reaches.put_nowait)
    late, address = await hear(agent)
    assert not (await reaches.get()).answered
    forged = answer_to(late).replace(late[-20:-16], b"\1\2\3\4")
    for datagram in (b"", b"nonsense", answer_to(late).replace(b"public", b"wrong!"), forged):
        agent.sendto(datagram, address)
    await asyncio.sleep(0.05)
    engine.probe(target(agent), reaches.put_nowait)
    assert not (await reaches.get()).answered


async def test_a_probe_may_be_given_a_timeout_of_its_own(
    engine: SnmpEngine, agent: socket.socket
) -> None:
    reaches: asyncio.Queue[Reach] = asyncio.Queue()
    engine.probe(target(agent), reaches.put_nowait, 10.0)
    request, address = await hear(agent)
    await asyncio.sleep(1.5 * PATIENCE_S)
    agent.sendto(answer_to(request), address)
    assert (await reaches.get()).answered
