"""Messages: what pysnmp encodes is read, and the reverse; recorded packets read as pysnmp does."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.api import v1, v2c

from collector.errors import MalformedError
from collector.snmp import ber, message, secured
from collector.snmp.ask import Ask
from tests.realdata import realdata

subids = st.lists(st.integers(0, 2**32 - 1), max_size=12)
oids = subids.map(lambda tail: (1, 3, *tail))
values = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(rfc1902.Integer32),
    st.integers(0, 2**32 - 1).flatmap(
        lambda n: st.sampled_from([rfc1902.Counter32(n), rfc1902.Gauge32(n), rfc1902.TimeTicks(n)])
    ),
    st.integers(0, 2**64 - 1).map(rfc1902.Counter64),
    st.binary(max_size=300).map(rfc1902.OctetString),
    st.binary(max_size=40).map(rfc1902.Opaque),
    oids.map(rfc1902.ObjectIdentifier),
    st.ip_addresses(v=4).map(lambda address: rfc1902.IpAddress(str(address))),
    st.sampled_from([rfc1905.noSuchObject, rfc1905.noSuchInstance, rfc1905.endOfMibView]),
)


def plain(value: Any) -> object:
    """A pysnmp value as our codec gives it."""
    kind = type(value).__name__
    if kind in ("NoSuchObject", "NoSuchInstance", "EndOfMibView", "Null"):
        return None
    if kind == "IpAddress":
        return str(value.prettyPrint())
    if kind in ("ObjectIdentifier", "ObjectName"):
        return str(value)
    if kind == "Opaque":
        return ber.decode_opaque(bytes(value))
    return bytes(value) if kind == "OctetString" else int(value)


@given(
    st.binary(max_size=40),
    st.integers(0, 2**31 - 1),
    st.integers(0, 18),
    st.lists(st.tuples(oids, values), max_size=12),
)
def test_what_pysnmp_encodes_is_read(
    community: bytes, request_id: int, status: int, binds: list[tuple[ber.Oid, Any]]
) -> None:
    pdu = v2c.ResponsePDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, request_id)
    v2c.apiPDU.set_error_status(pdu, status)
    v2c.apiPDU.set_varbinds(pdu, binds)
    whole = v2c.Message()
    v2c.apiMessage.set_defaults(whole)
    v2c.apiMessage.set_community(whole, community)
    v2c.apiMessage.set_pdu(whole, pdu)
    packet = bytes(encoder.encode(whole))

    version, found, start, stop = message.read_community(packet)
    assert (version, found) == (1, community)
    read = message.read_pdu(packet, start, stop)
    assert read.tag == message.RESPONSE
    assert ber.decode_integer(read.request_id) == request_id
    assert read.error_status == status
    assert [
        (ber.decode_oid(oid), ber.decode_value(tag, packet[at:end]))
        for oid, tag, at, end in read.binds
    ] == [(oid, plain(value)) for oid, value in binds]


@given(
    st.sampled_from([message.GET, message.GET_NEXT, message.GET_BULK]),
    st.lists(oids, max_size=12),
    st.integers(0, 12),
    st.integers(0, 1000),
)
def test_what_is_asked_is_read_by_pysnmp(
    tag: int, wanted: list[ber.Oid], once: int, times: int
) -> None:
    ask = Ask(tag, tuple(map(ber.encode_oid, wanted)), once, times)
    head, tail = ask.pdu
    packet = ber.encode(
        0x30, ber.encode_integer(1) + ber.encode(4, b"public") + head + b"\x41\x42\x43\x44" + tail
    )
    whole, rest = decoder.decode(packet, asn1Spec=v2c.Message())
    assert not rest
    pdu = v2c.apiMessage.get_pdu(whole)
    assert int(v2c.apiPDU.get_request_id(pdu)) == 0x41424344
    if tag == message.GET_BULK:
        assert int(v2c.apiBulkPDU.get_non_repeaters(pdu)) == once
        assert int(v2c.apiBulkPDU.get_max_repetitions(pdu)) == times
    found = v2c.apiPDU.get_varbinds(pdu)
    assert [tuple(oid) for oid, _ in found] == wanted


def opened(packet: bytes) -> tuple[int, bytes, int, message.Pdu, list[str]]:
    """Version, community, end of the message, PDU, its OIDs."""
    version, community, start, stop = message.read_community(packet)
    pdu = message.read_pdu(packet, start, stop)
    oids = [ber.format_oid(ber.decode_oid(bind[0])) for bind in pdu.binds]
    return version, community, stop, pdu, oids


def test_recorded_packets_are_read_as_pysnmp_reads_them() -> None:
    """Community messages of real agents and managers; the broken ones are malformed to us too."""
    payloads = json.loads(realdata("packets", "snmp_payloads.json").read_text())["payloads"]
    read = 0
    for recorded in payloads:
        packet = bytes.fromhex(recorded["hex"])
        if not recorded["ok"]:
            with pytest.raises(MalformedError):
                opened(packet)
            continue
        wanted = recorded["decoded"]
        if wanted["version"] not in ("1", "2c") or wanted["pdu"] == "TrapPDU":
            continue
        version, community, stop, pdu, oids = opened(packet)
        assert ("1", "2c")[version] == wanted["version"]
        assert community.decode("latin-1") == wanted["community"]
        assert ber.decode_integer(pdu.request_id) == wanted["request_id"]
        assert len(packet) - stop == wanted["trailing_bytes"]
        assert oids == [bind["oid"] for bind in wanted["varbinds"]]
        read += 1
    assert read > 50


def test_a_version_1_message_of_pysnmp_is_read_too() -> None:
    pdu = v1.GetResponsePDU()
    v1.apiPDU.set_defaults(pdu)
    v1.apiPDU.set_varbinds(pdu, [((1, 3, 6, 1), v1.Integer(7))])
    whole = v1.Message()
    v1.apiMessage.set_defaults(whole)
    v1.apiMessage.set_community(whole, "public")
    v1.apiMessage.set_pdu(whole, pdu)
    packet = bytes(encoder.encode(whole))
    version, community, start, stop = message.read_community(packet)
    assert (version, community) == (0, b"public")
    assert len(message.read_pdu(packet, start, stop).binds) == 1


def test_packets_that_made_another_library_panic_are_malformed_or_read() -> None:
    vectors = json.loads(realdata("packets", "gosnmp", "vectors.json").read_text())["vectors"]
    for vector in vectors:
        packet = bytes.fromhex(vector["hex"])
        if vector["name"].startswith("panic"):
            with pytest.raises(MalformedError):
                opened(packet)
        elif vector["decoded"]["version"] == "3":
            assert secured.read_secured(packet).engine_id.startswith(b"\x80\x00")
        else:
            assert opened(packet)[-1] == [bind["oid"] for bind in vector["decoded"]["varbinds"]]


def test_values_are_read_as_net_snmp_encodes_them() -> None:
    folder = realdata("packets", "gosnmp", "netsnmp", "testdata", "TestPDU")
    found: dict[str, list[tuple[str, ber.Value]]] = {}
    for file in folder.iterdir():
        packet = base64.b64decode(file.read_text())
        ((_, tag, start, stop),) = opened(packet)[3].binds
        kind = file.name.split("_")[1].removeprefix("PDU")
        value = ber.decode_value(tag, packet[start:stop])
        found.setdefault(kind, []).append((ber.TYPE_NAMES[tag], value))
    assert {kind: {name for name, _ in values} for kind, values in found.items()} == {
        "Integer": {"Integer32"},
        "TimeTicks": {"TimeTicks"},
        "Uinteger32": {"UInteger32"},
        "Counter64": {"Counter64"},
        "Counter32": {"Counter32"},
        "Gauge32": {"Gauge32"},
        "OctetString": {"OctetString"},
        "IPAddress": {"IpAddress"},
        "OpaqueFloat": {"Opaque"},
        "OpaqueDouble": {"Opaque"},
    }
    assert all(isinstance(v, float) for k in ("OpaqueFloat", "OpaqueDouble") for _, v in found[k])
    assert all(isinstance(value, str) for _, value in found["IPAddress"])
