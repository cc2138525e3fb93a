"""SNMPv3 messages around a scoped PDU (RFC 3412 §6, RFC 3414 §2.4), as octets."""

from __future__ import annotations

from typing import NamedTuple

from collector.errors import MalformedError
from collector.snmp import ber
from collector.snmp.message import MAX_MESSAGE

AUTH, PRIV, REPORTABLE = 0x01, 0x02, 0x04
USM = 3
LATEST = 2**31 - 1  # of boots and time

VERSION_3 = ber.encode_integer(3)
MAX_SIZE = ber.encode_integer(MAX_MESSAGE)
SECURITY_MODEL = ber.encode_integer(USM)


class Secured(NamedTuple):
    """A received message, nothing of it believed yet. The scoped PDU or its ciphertext lies
    between `data_at` and `data_end` (with its own header if it is plain), the contents of other
    parts where their `_at` says."""

    message_id: bytes
    id_at: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    time_at: int
    time_end: int
    user: bytes
    mac: bytes
    mac_at: int
    salt: bytes
    salt_at: int
    data_at: int
    data_end: int


def read_secured(packet: bytes) -> Secured:
    """The parts of an SNMPv3 message under the user-based security model."""
    at, end = ber.expect(packet, 0, len(packet), ber.SEQUENCE)
    version, at = ber.read_integer(packet, at, end)
    if version != 3:
        raise MalformedError(f"version {version} where a version 3 message belongs")
    at, header_end = ber.expect(packet, at, end, ber.SEQUENCE)
    id_at, id_end = ber.expect(packet, at, header_end, ber.INTEGER)
    _, at = ber.read_integer(packet, id_end, header_end)  # their largest message
    flags_at, at = ber.expect(packet, at, header_end, ber.OCTET_STRING)
    if at != flags_at + 1:
        raise MalformedError(f"message flags of {at - flags_at} octets")
    model, _ = ber.read_integer(packet, at, header_end)
    flags = packet[flags_at]
    if model != USM or flags & (AUTH | PRIV) == PRIV:
        raise MalformedError(f"security model {model} with flags {flags}")
    at, security_end = ber.expect(packet, header_end, end, ber.OCTET_STRING)
    at, inner_end = ber.expect(packet, at, security_end, ber.SEQUENCE)
    engine_at, engine_end = ber.expect(packet, at, inner_end, ber.OCTET_STRING)
    boots, at = ber.read_integer(packet, engine_end, inner_end)
    time_at, time_end = ber.expect(packet, at, inner_end, ber.INTEGER)
    time = ber.decode_integer(packet[time_at:time_end])
    user_at, user_end = ber.expect(packet, time_end, inner_end, ber.OCTET_STRING)
    mac_at, mac_end = ber.expect(packet, user_end, inner_end, ber.OCTET_STRING)
    salt_at, salt_end = ber.expect(packet, mac_end, inner_end, ber.OCTET_STRING)
    if not (0 <= boots <= LATEST and 0 <= time <= LATEST):
        raise MalformedError("engine boots or time out of range")
    data_at = security_end
    if flags & PRIV:
        data_at, data_end = ber.expect(packet, security_end, end, ber.OCTET_STRING)
    else:
        _, data_end = ber.expect(packet, security_end, end, ber.SEQUENCE)
    return Secured(
        message_id=packet[id_at:id_end],
        id_at=id_at,
        flags=flags,
        engine_id=packet[engine_at:engine_end],
        boots=boots,
        time=time,
        time_at=time_at,
        time_end=time_end,
        user=packet[user_at:user_end],
        mac=packet[mac_at:mac_end],
        mac_at=mac_at,
        salt=packet[salt_at:salt_end],
        salt_at=salt_at,
        data_at=data_at,
        data_end=data_end,
    )


def write_secured(
    message_id: bytes,
    flags: int,
    security: tuple[bytes, int, int, bytes],
    mac_length: int,
    salt: bytes,
    data: bytes,
) -> tuple[bytes, bytes]:
    """A message around `data`, cut where its MAC belongs: (octets before it, octets after it).

    `message_id` has four octets, `security` is engine id, boots, time and user name.
    """
    engine_id, boots, time, user = security
    before = (
        ber.encode(ber.OCTET_STRING, engine_id)
        + ber.encode_integer(boots)
        + ber.encode_integer(time)
        + ber.encode(ber.OCTET_STRING, user)
        + b"\x04"
        + ber.OCTETS[mac_length]
    )
    after = ber.encode(ber.OCTET_STRING, salt)
    inner = len(before) + mac_length + len(after)
    sequence = b"\x30" + ber.encode_length(inner)
    octets = b"\x04" + ber.encode_length(len(sequence) + inner)
    header = b"\x02\x04" + message_id + MAX_SIZE + b"\x04\x01" + ber.OCTETS[flags] + SECURITY_MODEL
    head = VERSION_3 + ber.encode(ber.SEQUENCE, header) + octets + sequence + before
    length = len(head) + mac_length + len(after) + len(data)
    return b"\x30" + ber.encode_length(length) + head, after + data


def read_scope(payload: bytes) -> tuple[bytes, bytes, int, int]:
    """(context engine id, context name, start, stop of the PDU) of a scoped PDU."""
    at, end = ber.expect(payload, 0, len(payload), ber.SEQUENCE)
    id_at, id_end = ber.expect(payload, at, end, ber.OCTET_STRING)
    name_at, name_end = ber.expect(payload, id_end, end, ber.OCTET_STRING)
    return payload[id_at:id_end], payload[name_at:name_end], name_end, end
