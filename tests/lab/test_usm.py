"""The lab's USM is the standard's: keys, MACs and ciphers as in RFC 3414 and as pysnmp has them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.type import univ
from pysnmp.proto.secmod.rfc3414 import localkey
from pysnmp.proto.secmod.rfc3826.priv.aes import Aes

from lab import ber, usm

ENGINE = bytes.fromhex("000000000000000000000002")


def test_the_keys_of_the_standard_come_out() -> None:
    """RFC 3414 §A.3.2."""
    master = usm.master_key("maplesyrup")
    assert master.hex() == "9fb5cc0381497b3793528939ff788d5d79145211"
    assert usm.localised(master, ENGINE).hex() == "6695febc9288e36282235fc7151f128497b38f3f"


@given(st.text(min_size=8, max_size=40), st.binary(min_size=5, max_size=32))
@settings(max_examples=10, deadline=None)
def test_keys_are_as_pysnmp_has_them(passphrase: str, engine: bytes) -> None:
    theirs = localkey.password_to_key_sha(
        univ.OctetString(passphrase.encode()), univ.OctetString(engine)
    )
    assert usm.localised(usm.master_key(passphrase), engine) == bytes(theirs)


@given(
    scoped=st.binary(min_size=1, max_size=3000),
    boots=st.integers(0, 2**31 - 1),
    time=st.integers(0, 2**31 - 1),
)
@settings(deadline=None)
def test_a_sealed_message_opens_again_and_pysnmp_decrypts_it(
    scoped: bytes, boots: int, time: int
) -> None:
    engine = usm.Engine(ENGINE, "wanwatch", "maplesyrup", "applesauce")
    engine.boots, engine.time = boots, time
    data = engine.sealed(7, usm.AUTH | usm.PRIV, b"wanwatch", scoped)
    start, end = ber.expect(ber.SEQUENCE, data, 0, len(data))
    _, at = ber.read_integer(data, start, end)
    message = usm.parse(data, at, end)
    assert (message.message_id, message.engine, message.user) == (7, ENGINE, b"wanwatch")
    assert (message.boots, message.time) == (boots, time)
    assert engine.genuine(message, data)
    assert engine.in_window(message)
    assert engine.opened(message) == scoped
    key = usm.localised(usm.master_key("applesauce"), ENGINE)[:16]
    cipher, _ = ber.read_octets(message.body, 0, len(message.body))
    theirs = Aes().decrypt_data(
        univ.OctetString(key),
        (boots, time, univ.OctetString(message.salt)),
        univ.OctetString(cipher),
    )
    assert bytes(theirs) == scoped


@given(st.integers(0, 10_000))
def test_a_single_flipped_bit_is_not_genuine(bit: int) -> None:
    engine = usm.Engine(ENGINE, "wanwatch", "maplesyrup", "applesauce")
    data = bytearray(engine.sealed(7, usm.AUTH | usm.PRIV, b"wanwatch", b"scoped pdu"))
    message = _parse(bytes(data))
    start = message.mac_at
    data[(start + bit // 8) % len(data)] ^= 1 << bit % 8
    try:
        message = _parse(bytes(data))
    except ber.BerError:
        return
    assert not engine.genuine(message, bytes(data))


def _parse(data: bytes) -> usm.Incoming:
    start, end = ber.expect(ber.SEQUENCE, data, 0, len(data))
    _, at = ber.read_integer(data, start, end)
    return usm.parse(data, at, end)
