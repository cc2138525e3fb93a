"""SNMP protocol data units (RFC 3416 §3) and the community messages around them (RFC 1901)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from collector.errors import MalformedError
from collector.snmp import ber

GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8
MAX_MESSAGE = 65_507  # octets of the largest UDP payload over IPv4

Bind: TypeAlias = tuple[bytes, int, int, int]
"""OID as content octets, tag of the value, start and stop of its content in the payload."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """A received PDU whose values still lie in the payload that it was read from.

    `id_at` and `status_at` are where the content of request-id and error-status begins.
    """

    tag: int
    request_id: bytes
    id_at: int
    error_status: int
    status_at: int
    error_index: int
    binds: list[Bind]


ERRORS = (
    "noError",
    "tooBig",
    "noSuchName",
    "badValue",
    "readOnly",
    "genErr",
    "noAccess",
    "wrongType",
    "wrongLength",
    "wrongEncoding",
    "wrongValue",
    "noCreation",
    "inconsistentValue",
    "resourceUnavailable",
    "commitFailed",
    "undoFailed",
    "authorizationError",
    "notWritable",
    "inconsistentName",
)
TOO_BIG = 1


def error_name(status: int) -> str:
    """The name of an error-status, RFC 3416 §3."""
    return ERRORS[status] if 0 <= status < len(ERRORS) else f"error-status {status}"


def read_binds(data: bytes, at: int, end: int) -> list[Bind]:
    """The variable bindings that fill data[at:end]. The hot loop of the strict path, so the
    reading of headers is written out."""
    binds: list[Bind] = []
    append = binds.append
    try:
        while at < end:
            if data[at] != 0x30:
                raise MalformedError(f"tag 0x{data[at]:02x} where a variable binding belongs")
            length = data[at + 1]
            at += 2
            if length > 0x7F:
                length, at = ber.long_length(data, at, length)
            stop = at + length
            if stop > end or data[at] != 0x06:
                raise MalformedError("variable binding without an OID or past the end")
            length = data[at + 1]
            at += 2
            if length > 0x7F:
                length, at = ber.long_length(data, at, length)
            start = at + length
            oid = data[at:start]
            tag = data[start]
            length = data[start + 1]
            start += 2
            if length > 0x7F:
                length, start = ber.long_length(data, start, length)
            if start + length != stop or not oid or oid[-1] > 0x7F:
                raise MalformedError("variable binding whose lengths do not agree")
            append((oid, tag, start, stop))
            at = stop
    except IndexError:
        raise MalformedError("truncated variable binding") from None
    return binds


def read_pdu(data: bytes, at: int, end: int) -> Pdu:
    """The PDU at `at`; MalformedError if it is none or if it is an SNMPv1 trap."""
    tag, at, stop = ber.read_header(data, at, end)
    if not 0xA0 <= tag <= REPORT or tag == 0xA4:
        raise MalformedError(f"no PDU has tag 0x{tag:02x}")
    id_at, id_stop = ber.expect(data, at, stop, ber.INTEGER)
    status_at, status_stop = ber.expect(data, id_stop, stop, ber.INTEGER)
    error_index, at = ber.read_integer(data, status_stop, stop)
    at, binds_stop = ber.expect(data, at, stop, ber.SEQUENCE)
    if binds_stop != stop:
        raise MalformedError("octets after the variable bindings")
    return Pdu(
        tag=tag,
        request_id=data[id_at:id_stop],
        id_at=id_at,
        error_status=ber.decode_integer(data[status_at:status_stop]),
        status_at=status_at,
        error_index=error_index,
        binds=read_binds(data, at, stop),
    )


def read_community(data: bytes) -> tuple[int, bytes, int, int]:
    """(version number, community, start, stop of the PDU) of an SNMPv1 or v2c message."""
    at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
    version, at = ber.read_integer(data, at, end)
    if version not in (0, 1):
        raise MalformedError(f"version {version} where a community message belongs")
    at, stop = ber.expect(data, at, end, ber.OCTET_STRING)
    return version, data[at:stop], stop, end


def encode_pdu(tag: int, oids: tuple[bytes, ...], a: int = 0, b: int = 0) -> tuple[bytes, bytes]:
    """A request PDU with a 4-octet request-id cut out: (octets before it, octets after it).

    `a` and `b` are error-status and error-index, for GETBULK non-repeaters and max-repetitions.
    """
    binds = b"".join(
        ber.encode(ber.SEQUENCE, ber.encode(ber.OBJECT_ID, oid) + b"\x05\x00") for oid in oids
    )
    tail = ber.encode_integer(a) + ber.encode_integer(b) + ber.encode(ber.SEQUENCE, binds)
    return bytes((tag,)) + ber.encode_length(6 + len(tail)) + b"\x02\x04", tail
