"""Mutated packets against everything that reads what a stranger sent. `python -m benchmarks.fuzz`

Each packet is a good answer with a few octets changed, cut, doubled or moved, given to a poll that
waits for it: as it comes from the network, and once more behind the checks of version 3, where
only somebody with the keys could put it. It may be read, refused or end the poll; anything else
is a crash, and anything slow is a hang.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from collector.errors import AbandonedError, MalformedError, RefusedError
from collector.snmp import message
from collector.snmp.community import CommunitySession
from collector.snmp.course import Course, PollDialogue
from collector.snmp.dialogue import Outcome
from collector.snmp.keys import Keyring
from collector.snmp.plan import Plan
from collector.snmp.session import Session
from collector.snmp.stats import SnmpStats
from collector.snmp.target import Target
from collector.snmp.usm import UsmSession
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from tests.snmp.scripted import SYSTEM, ScriptedAgent, table
from tests.snmp.test_walks import module

CREDENTIALS = [
    SnmpCredential("v1", Version.V1, community="public"),
    SnmpCredential("v2c", Version.V2C, community="public"),
    SnmpCredential("open", Version.V3, username="noc"),
    SnmpCredential(
        "aes",
        Version.V3,
        username="noc",
        auth_protocol=AuthProtocol.SHA,
        auth_passphrase="authentic words",
        priv_protocol=PrivProtocol.AES,
        priv_passphrase="private words",
    ),
    SnmpCredential(
        "des",
        Version.V3,
        username="noc",
        auth_protocol=AuthProtocol.SHA256,
        auth_passphrase="authentic words",
        priv_protocol=PrivProtocol.DES,
        priv_passphrase="private words",
    ),
]
SLOW_S = 0.25  # for one packet; a thousand times what it should take
REQUEST_ID = b"\x41abc"


@dataclass(slots=True)
class Verdict:
    """What became of the packets, and the longest that one took."""

    packets: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0


@dataclass(slots=True)
class Patient:
    """A session and a course, each as after some polls, and the good answer to the next request."""

    session: Session
    plan: Plan
    course: Course
    packet: bytes
    payload: bytes

    def poll(self) -> PollDialogue:
        """A poll that has just asked."""
        course = replace(self.course, steps=list(self.course.steps))
        return PollDialogue(self.session, self.plan, course, 1000, lambda result: None)


def patients() -> list[Patient]:
    return [
        patient(credential, rounds, rows)
        for credential in CREDENTIALS
        for rounds, rows in ((0, 3), (1, 3), (2, 3), (2, 0), (2, 40))
    ]


def patient(credential: SnmpCredential, rounds: int, rows: int) -> Patient:
    """A patient after `rounds` complete polls of an agent with tables of this length."""
    agent = ScriptedAgent({**SYSTEM, **table(rows)}, credential)
    target = Target("patient", "127.0.0.1", 161, credential)
    v3 = credential.version is Version.V3
    session: Session = (
        UsmSession(target, Keyring(), SnmpStats()) if v3 else CommunitySession(target)
    )
    plan, course = Plan.of(module()), Course()
    for _ in range(rounds):
        poll = PollDialogue(session, plan, course, 1000, lambda result: None)
        while not poll.finished:
            token, prepared = poll.ask()
            packet, payload = exchange(session, agent, prepared)
            take(session, poll, {REQUEST_ID: token}, payload)
        poll.settle()
    waiting = PollDialogue(session, plan, replace(course), 1000, lambda result: None)
    packet, payload = exchange(session, agent, waiting.ask()[1])
    return Patient(session, plan, course, packet, payload)


def exchange(
    session: Session, agent: ScriptedAgent, prepared: tuple[bytes, bytes]
) -> tuple[bytes, bytes]:
    """Packet and payload of an agent's answer; a new session discovers it first."""
    for _ in range(3):
        request = session.seal(prepared, REQUEST_ID, 0.0)
        packet = agent.encode(agent.answer_to(request))
        payload = session.open(packet, {REQUEST_ID: None}, 0.0)
        if payload is not None:
            return packet, payload
    raise RuntimeError("the agent could not be discovered")


def take(session: Session, poll: PollDialogue, tokens: dict[bytes, object], payload: bytes) -> None:
    """What the transport does with a payload."""
    if poll.glance(payload, tokens) is None:
        pdu = session.read(payload)
        if pdu.tag != message.RESPONSE or pdu.request_id not in tokens:
            raise MalformedError("not the answer")
        poll.hear(tokens[pdu.request_id], pdu, payload)  # type: ignore[arg-type]


def mutated(packet: bytes, dice: random.Random) -> bytes:
    """The packet with one to four changes."""
    octets = bytearray(packet)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 4))):
        if not octets:
            break
        at = dice.randrange(len(octets))
        kind = dice.randrange(7)
        if kind == 0:
            octets[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            octets[at] = dice.choice((0, 1, 2, 4, 5, 6, 0x30, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFF))
        elif kind == 2:
            octets[at] = (octets[at] + dice.choice((-1, 1))) % 256
        elif kind == 3:
            del octets[at:]
        elif kind == 4:
            del octets[at : at + dice.randrange(1, 9)]
        elif kind == 5:
            octets[at:at] = octets[at : at + dice.randrange(1, 30)]
        else:
            octets[at:at] = dice.randbytes(dice.randrange(1, 9))
    return bytes(octets)


def fuzz(count: int, seed: int = 1, told: Callable[[int], None] = lambda done: None) -> Verdict:
    """Gives `count` packets to polls; raises whatever a poll should not have raised."""
    dice = random.Random(seed)
    ward = patients()
    verdict = Verdict()
    while verdict.packets < count:
        case = dice.choice(ward)
        inside = dice.random() < 0.5
        packet = mutated(case.payload if inside else case.packet, dice)
        started = time.perf_counter()
        verdict.endings[ending(case, packet, inside)] += 1
        verdict.slowest_s = max(verdict.slowest_s, time.perf_counter() - started)
        verdict.packets += 1
        if verdict.packets % 10_000 == 0:
            told(verdict.packets)
    return verdict


def ending(case: Patient, packet: bytes, inside: bool) -> str:
    poll = case.poll()
    token, _ = poll.ask()
    tokens: dict[bytes, object] = {REQUEST_ID: token}
    try:
        payload = packet if inside else case.session.open(packet, tokens, 0.0)
        if payload is None:
            case.session.lost()  # it was told of another engine, and asks again
            return "asked again"
        take(case.session, poll, tokens, payload)
        if poll.finished:
            poll.settle()
            poll.finish(Outcome(0.0, 1.0, 0, 1.0))
        else:
            poll.ask()
    except MalformedError:
        return "malformed"
    except RefusedError as refused:
        return f"refused: {refused.reason.value}"
    except AbandonedError:
        return "ended"
    return "read"


def main(count: int = 1_000_000) -> None:
    started = time.perf_counter()
    verdict = fuzz(count, told=lambda done: print(f"\r{done:,}", end="", file=sys.stderr))
    took_s = time.perf_counter() - started
    print(f"\r{verdict.packets:,} mutated packets in {took_s:.0f} s, none crashed or hung;")
    print(f"the slowest took {verdict.slowest_s * 1e3:.1f} ms (with other work on this machine)")
    for name, number in verdict.endings.most_common():
        print(f"  {number:9,}  {name}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
