"""A device that has every object it may be asked for, and no sense in any of them."""

from __future__ import annotations

import random
import struct
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from collector.discovery.device import discover
from collector.discovery.identity import SYS_OBJECT_ID
from collector.discovery.reading import Reading
from collector.discovery.speaking import speak
from collector.snmp import ber, message
from collector.snmp.message import Pdu
from collector.snmp.plan import Plan
from configs.credentials import SnmpCredential
from configs.devicerules import built_in_rules
from configs.modulefile import built_in_modules
from tests.discovery.recorded import HERE, Recorded
from tests.snmp.scripted import Answer, ScriptedAgent

Coded: TypeAlias = tuple[int, bytes]
"""A value as it is sent: tag and content octets."""
MAKERS = (9, 318, 476, 1991, 2011, 2636, 3902, 6527, 12356, 14988, 25461)
HEADERS, ROOM = 20, 60_000  # octets around a value, and of an answer
ENDLESS = "1.3.6.1.2.1.47.1.1.1.1.7"  # entPhysicalName of an agent that makes rows up

TEXTS = (
    b"", b" ", b"\0", b"1e308", b"-1e308", b"9" * 300, b"9" * 5000, b"nan", b"inf", b"-1", b"0x7f",
    b"\x1b[2J\x1b]0;owned\x07", b"\xc2\x9b31mred", b"\x7f\x7f", b"Gi0/1\r\nup", b"\ttab",
    b'"} 1\n# EOF\nwanwatch_node_up{node="', b"\\", b"{0} {index} %s $1", b"[bold]markup[/bold]",
    "\u202eevil\u2066".encode(), "Đà Nẵng\u0300".encode(), b"\xff\xfe\xc3", b"\xed\xa0\x80",
    b"\x08\x00" * 4, b"\x07\xe9\x01\x01\x00\x00\x00\x00", b"x" * 3000,
)  # fmt: skip
CODED = st.one_of(
    st.sampled_from(TEXTS).map(lambda text: (ber.OCTET_STRING, text)),
    st.binary(max_size=24).map(lambda text: (ber.OCTET_STRING, text)),
    st.text(max_size=12).map(lambda text: (ber.OCTET_STRING, text.encode("utf-8", "replace"))),
    st.integers(-3, 30).map(lambda number: (ber.INTEGER, ber.encode_integer(number)[2:])),
    st.tuples(st.sampled_from(sorted(ber.UNSIGNED | {ber.INTEGER})), st.binary(max_size=9)),
    st.sampled_from([2**32, 2**53, 2**64 - 1]).map(
        lambda number: (ber.COUNTER64, ber.encode_integer(number)[2:])
    ),
    st.floats().map(lambda number: (ber.OPAQUE, ber.OPAQUE_DOUBLE + struct.pack(">d", number))),
    st.floats(width=32).map(
        lambda number: (ber.OPAQUE, ber.OPAQUE_FLOAT + struct.pack(">f", number))
    ),
    st.tuples(st.sampled_from([ber.OBJECT_ID, ber.IP_ADDRESS, ber.OPAQUE]), st.binary(max_size=17)),
    st.sampled_from([(ber.NULL, b""), (0x99, b"?")]),
)
SUBIDS = st.one_of(st.integers(0, 20), st.integers(0, 255), st.just(2**32 - 1))
INDEXES = st.one_of(
    st.integers(1, 3).map(lambda number: (number,)),
    st.lists(SUBIDS, min_size=1, max_size=20).map(tuple),
    st.just((1, 4, 10, 0, 0, 1)),
)


@dataclass(frozen=True, slots=True)
class World:
    """What one device says: `values` in any order, at these `indexes` of every table. `restless`:
    half of its requests are answered by another device, with the last index missing."""

    maker: int
    values: tuple[Coded, ...]
    indexes: tuple[tuple[int, ...], ...]
    restless: bool
    endless: bool
    seed: int


WORLDS = st.builds(
    World,
    st.sampled_from(MAKERS),
    st.lists(CODED, min_size=1, max_size=8).map(tuple),
    st.lists(INDEXES, min_size=1, max_size=3, unique=True).map(tuple),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**16),
)


class HostileAgent(ScriptedAgent):
    """Answers for every object that anything of ours asks a device of this maker for."""

    def __init__(self, world: World, credential: SnmpCredential) -> None:
        super().__init__({}, credential)
        chance = random.Random(world.seed)
        self._world = world
        self._chance = chance
        self._turns = [
            _objects(world, world.indexes, chance),
            _objects(world, world.indexes[:-1] or world.indexes, chance),
        ]
        self._place(0)
        self._endless = ber.parse_oid(ENDLESS)

    def _place(self, turn: int) -> None:
        self.values = dict(self._turns[turn])
        self.order = sorted(self.values)

    def execute(self, pdu: Pdu, payload: bytes) -> Answer:
        if self._world.restless:
            self._place(self._chance.randrange(2))
        answer = super().execute(pdu, payload)
        size = 0
        for count, (oid, _, content) in enumerate(answer.binds):
            size += len(oid) + len(content) + HEADERS
            if size > ROOM and pdu.tag == message.GET_BULK:
                answer.binds = answer.binds[:count]
                break
            if size > ROOM:
                answer.error_status, answer.binds = message.TOO_BIG, []
                break
        return answer

    def after(self, oid: ber.Oid) -> tuple[ber.Oid, int, bytes]:
        stem = self._endless
        if self._world.endless and oid[: len(stem)] == stem:
            row = oid[len(stem)] if len(oid) > len(stem) else 0
            if row < ber.MAX_SUBID:
                return (*stem, row + 1), ber.OCTET_STRING, b"fan"
        return super().after(oid)


def _objects(
    world: World, indexes: Sequence[tuple[int, ...]], chance: random.Random
) -> Mapping[ber.Oid, Coded]:
    maker = ber.parse_oid(f"1.3.6.1.4.1.{world.maker}.1.1")
    found: dict[ber.Oid, Coded] = {}
    for name in asked_of(world.maker):
        if name[-1] == 0:
            found[name] = chance.choice(world.values)
        else:
            found |= {name + index: chance.choice(world.values) for index in indexes}
    found[ber.parse_oid(SYS_OBJECT_ID)] = (ber.OBJECT_ID, ber.encode_oid(maker))
    return found


@cache
def asked_of(maker: int) -> tuple[ber.Oid, ...]:
    """Every object that a device of this maker is asked for."""
    recorded = Recorded({SYS_OBJECT_ID: f"1.3.6.1.4.1.{maker}.1.1"})
    _finish(discover(recorded, HERE, built_in_rules()))
    _finish(speak(Reading(recorded, HERE), "device", 0.0))
    wan = Plan.of(built_in_modules()["wan"])
    polled = (ber.decode_oid(oid) for oid in (*wan.gets, *wan.roots))
    return tuple(dict.fromkeys([*map(ber.parse_oid, recorded.asked), *polled]))


def _finish(asking: Coroutine[Any, Any, object]) -> None:
    """Runs what waits for nothing."""
    try:
        asking.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")
