"""An agent on loopback that answers by the book, and whatever else a test tells it to send."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeAlias

from collector.snmp import ber, message, secured
from collector.snmp.authority import Authority
from collector.snmp.keys import Keyring
from collector.snmp.message import Pdu
from collector.snmp.target import Target
from configs.credentials import SnmpCredential, Version
from configs.module import Index, Metric, Module

Objects: TypeAlias = Mapping[str, tuple[int, bytes]]
"""Dotted OID to tag and content octets."""

ENTRY = "1.3.6.1.2.1.2.2.1"  # IF-MIB::ifEntry
ENGINE_ID = b"\x80\x00\x1f\x88\x04agent"
BOOTS = 7
SYSTEM: Objects = {
    "1.3.6.1.2.1.1.1.0": (ber.OCTET_STRING, b"scripted"),
    "1.3.6.1.2.1.1.3.0": (ber.TIME_TICKS, b"\x01\x00"),
    "1.3.6.1.2.1.1.5.0": (ber.OCTET_STRING, b"agent"),
}


def table(rows: int, columns: int = 3, entry: str = ENTRY) -> Objects:
    """Counters that tell their place: column × 1000000 + row."""
    return {
        f"{entry}.{column}.{row}": (
            ber.COUNTER32,
            ber.encode_integer(column * 1_000_000 + row, ber.COUNTER32)[2:],
        )
        for column in range(1, columns + 1)
        for row in range(1, rows + 1)
    }


def module(columns: int = 3) -> Module:
    """Asks for `table(…, columns)` and two scalars of `SYSTEM`."""
    metrics = [
        Metric(f"column{n}", f"{ENTRY}.{n}", "counter", indexes=(Index("ifIndex", "gauge"),))
        for n in range(1, columns + 1)
    ]
    return Module(
        "test",
        walk=(ENTRY,),
        get=("1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0"),
        metrics=(
            Metric("sysUpTime", "1.3.6.1.2.1.1.3.0", "gauge"),
            Metric("sysName", "1.3.6.1.2.1.1.5.0", "DisplayString"),
            *metrics,
        ),
    )


@dataclass(slots=True)
class Answer:
    """A reply about to be encoded; a test changes what it wants to forge."""

    pdu_tag: int
    request_id: bytes
    error_status: int
    error_index: int
    binds: list[tuple[bytes, int, bytes]]
    version: int = 1
    community: bytes = b"public"
    # Version 3 only:
    message_id: bytes = b""
    engine_id: bytes = ENGINE_ID
    user: bytes = b""
    context: bytes = b""
    scope_engine: bytes = ENGINE_ID
    boots: int = BOOTS
    time: int = 1000
    flags: int = 0
    mac: Callable[[bytes], bytes] = field(default=lambda code: code)

    def scoped(self) -> bytes:
        binds = b"".join(
            ber.encode(0x30, ber.encode(6, oid) + ber.encode(tag, content))
            for oid, tag, content in self.binds
        )
        pdu = ber.encode(
            self.pdu_tag,
            ber.encode(2, self.request_id)
            + ber.encode_integer(self.error_status)
            + ber.encode_integer(self.error_index)
            + ber.encode(0x30, binds),
        )
        if self.version != 3:
            return pdu
        scope = ber.encode(4, self.scope_engine) + ber.encode(4, self.context)
        return ber.encode(0x30, scope + pdu)


Script: TypeAlias = Callable[["ScriptedAgent", Answer], Iterator[bytes]]
"""What to send when an answer is ready: any number of packets."""


def by_the_book(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
    yield agent.encode(answer)


class ScriptedAgent(asyncio.DatagramProtocol):
    """Speaks the version of its credential. `most` is how many variable bindings fit an answer;
    `requests` are the PDUs that came, `script` may be changed at any time."""

    def __init__(
        self, objects: Objects, credential: SnmpCredential, *, script: Script = by_the_book
    ) -> None:
        self.credential = credential
        self.script = script
        self.most = 10_000
        self.too_big_over = 10_000
        self.requests: list[Pdu] = []
        self.answered = 0
        self.boots, self.time = BOOTS, 1000
        self.authority = Authority(ENGINE_ID, credential, Keyring())
        self.replace(objects)

    def replace(self, objects: Objects) -> None:
        self.values = {ber.parse_oid(oid): value for oid, value in objects.items()}
        self.order = sorted(self.values)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        self.port = self.transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: object
    ) -> None:
        self.transport.close()
        await asyncio.sleep(0)

    def target(self, **changes: object) -> Target:
        target = Target("agent", "127.0.0.1", self.port, self.credential, 1.0, 0)
        return replace(target, **changes)  # type: ignore[arg-type]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.caller = addr
        answer = self.answer_to(data)
        for packet in self.script(self, answer):
            self.transport.sendto(packet, addr)
        self.answered += 1

    def answer_to(self, packet: bytes) -> Answer:
        """The true answer to a request."""
        if self.credential.version is not Version.V3:
            version, community, at, end = message.read_community(packet)
            pdu = message.read_pdu(packet, at, end)
            answer = self.execute(pdu, packet)
            answer.version, answer.community = version, community
            return answer
        heard = secured.read_secured(packet)
        payload = packet[heard.data_at : heard.data_end]
        if heard.engine_id != ENGINE_ID:
            return self.secured(heard, self.report(b"\0", 4), 0)
        if heard.flags & secured.PRIV and self.authority.privacy:
            payload = self.authority.privacy.decrypt(payload, heard.salt, heard.boots, heard.time)
        _, context, at, end = secured.read_scope(payload)
        pdu = message.read_pdu(payload, at, end)
        if heard.flags & secured.AUTH and (heard.boots, heard.time) != (self.boots, self.time):
            return self.secured(heard, self.report(pdu.request_id, 2), secured.AUTH)
        answer = self.execute(pdu, payload)
        answer.context = context
        return self.secured(heard, answer, heard.flags & (secured.AUTH | secured.PRIV))

    def secured(self, heard: secured.Secured, answer: Answer, flags: int) -> Answer:
        """The answer as one of version 3 to the message heard."""
        answer.version, answer.message_id = 3, heard.message_id
        answer.user, answer.flags = heard.user, flags
        answer.boots, answer.time = self.boots, self.time
        return answer

    def report(self, request_id: bytes, counter: int) -> Answer:
        """A report of one of the usmStats counters."""
        oid = ber.encode_oid((1, 3, 6, 1, 6, 3, 15, 1, 1, counter, 0))
        return Answer(message.REPORT, request_id, 0, 0, [(oid, ber.COUNTER32, b"\x01")])

    def execute(self, pdu: Pdu, payload: bytes) -> Answer:
        self.requests.append(pdu)
        asked = [ber.decode_oid(bind[0]) for bind in pdu.binds]
        once, times = len(asked), 0
        if pdu.tag == message.GET_BULK:
            once, times = pdu.error_status, pdu.error_index
        binds: list[tuple[ber.Oid, int, bytes]] = []
        if pdu.tag == message.GET:
            absent = (ber.NO_SUCH_INSTANCE, b"")
            binds = [(oid, *self.values.get(oid, absent)) for oid in asked]
        else:
            binds += [self.after(oid) for oid in asked[:once]]
            row = asked[once:]
            for _ in range(times if row else 0):
                found = [self.after(oid) for oid in row]
                binds += found
                row = [oid for oid, _, _ in found]
        status, index = 0, 0
        if len(binds) > self.too_big_over:
            status, binds = message.TOO_BIG, []
        elif self.credential.version is Version.V1:
            missing = [n for n, bind in enumerate(binds, 1) if bind[1] >= ber.NO_SUCH_OBJECT]
            if missing:
                status, index = 2, missing[0]
                binds = [(oid, ber.NULL, b"") for oid in asked]
        octets = [(ber.encode_oid(oid), tag, content) for oid, tag, content in binds[: self.most]]
        return Answer(message.RESPONSE, pdu.request_id, status, index, octets)

    def after(self, oid: ber.Oid) -> tuple[ber.Oid, int, bytes]:
        place = bisect.bisect_right(self.order, oid)
        if place == len(self.order):
            return oid, ber.END_OF_MIB_VIEW, b""
        return self.order[place], *self.values[self.order[place]]

    def encode(self, answer: Answer) -> bytes:
        """The packet of an answer, encrypted and authenticated as its flags say."""
        data = answer.scoped()
        if answer.version != 3:
            head = ber.encode_integer(answer.version) + ber.encode(4, answer.community)
            return ber.encode(0x30, head + data)
        salt = b""
        if answer.flags & secured.PRIV and self.authority.privacy:
            data, salt = self.authority.privacy.encrypt(data, answer.boots, answer.time)
            data = ber.encode(4, data)
        mac = self.authority.mac if answer.flags & secured.AUTH else None
        length = mac.length if mac else 0
        before, after = secured.write_secured(
            answer.message_id,
            answer.flags,
            (answer.engine_id, answer.boots, answer.time, answer.user),
            length,
            salt,
            data,
        )
        code = answer.mac(mac(before, bytes(length), after)) if mac else b""
        return before + code + after
