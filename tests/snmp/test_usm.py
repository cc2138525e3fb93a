"""Keys, codes and ciphers of version 3 against published vectors and another implementation."""

from __future__ import annotations

import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.proto.secmod.rfc3414.service import aes192, aes256, hmacmd5, hmacsha

from collector.errors import MalformedError, QuestionError
from collector.snmp import ber, message, secured
from collector.snmp.authority import WINDOW_S, Authority
from collector.snmp.envelope import Envelope
from collector.snmp.keys import HASHES, Keyring, Mac, localised, master_key, privacy_key
from collector.snmp.privacy import Aes, Des
from collector.snmp.stats import SnmpStats
from collector.snmp.target import Target
from collector.snmp.usm import UsmSession
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from tests.realdata import realdata

ENGINE = bytes.fromhex("80004fb805636c6f75644dab22cc")
BY_HASH = {name: auth for auth, (name, _) in HASHES.items()}
clocks = st.integers(0, 2**31 - 1)


def vectors(kind: str) -> list[dict[str, Any]]:
    document = json.loads(realdata("packets", "usm_vectors.json").read_text())
    return [vector for vector in document["vectors"] if vector["kind"] == kind]


def test_published_keys_are_derived() -> None:
    for vector in vectors("localized_key"):
        auth = BY_HASH[vector["hash"]]
        key = localised(
            auth, master_key(auth, vector["password"].encode()), bytes.fromhex(vector["engine_id"])
        )
        assert key.hex() == vector["key"], vector["name"]


def test_a_published_request_gets_its_published_code() -> None:
    for vector in vectors("authenticated_request"):
        auth = BY_HASH[vector["hash"]]
        packet = bytes.fromhex(vector["packet"])
        heard = secured.read_secured(packet)
        key = localised(auth, master_key(auth, vector["password"].encode()), heard.engine_id)
        mac = Mac(auth, key)
        assert len(heard.mac) == mac.length == vector["mac_len"]
        assert heard.user == vector["user"].encode()
        before, after = packet[: heard.mac_at], packet[heard.mac_at + mac.length :]
        assert mac(before, bytes(mac.length), after) == heard.mac


def test_a_published_trap_is_authenticated_and_decrypted() -> None:
    for vector in vectors("trap"):
        auth = BY_HASH[vector["hash"]]
        packet = bytes.fromhex(vector["packet"])
        heard = secured.read_secured(packet)
        mac = Mac(
            auth,
            localised(auth, master_key(auth, vector["auth_password"].encode()), heard.engine_id),
        )
        before, after = packet[: heard.mac_at], packet[heard.mac_at + mac.length :]
        assert (mac(before, bytes(mac.length), after) == heard.mac) is vector["mac_verifies"]
        assert (heard.boots, heard.time) == (vector["boots"], vector["time"])
        assert packet[heard.data_at : heard.data_end].hex() == vector["scoped_pdu"]


@given(st.sampled_from(AuthProtocol), st.binary(min_size=16, max_size=64), st.binary())
def test_codes_are_hmac(auth: AuthProtocol, key: bytes, octets: bytes) -> None:
    name, length = HASHES[auth]
    assert Mac(auth, key)(octets) == hmac.digest(key, octets, name)[:length]
    assert Mac(auth, key)(octets[:3], octets[3:]) == Mac(auth, key)(octets)


@given(st.sampled_from([16, 24, 32]), st.binary(max_size=200), clocks, clocks)
def test_aes_is_cfb_under_boots_time_and_salt(
    length: int, octets: bytes, boots: int, time: int
) -> None:
    key = bytes(range(length))
    aes = Aes(key)
    for _ in range(3):
        ciphertext, salt = aes.encrypt(octets, boots, time)
        vector = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
        assert Cipher(AES(key), CFB(vector)).encryptor().update(octets) == ciphertext
        assert Aes(key).decrypt(ciphertext, salt, boots, time) == octets


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=200), clocks)
def test_des_is_cbc_and_gives_back_the_scoped_pdu_without_padding(
    key: bytes, octets: bytes, boots: int
) -> None:
    scoped = ber.encode(ber.SEQUENCE, octets)
    ciphertext, salt = Des(key).encrypt(scoped, boots, 0)
    vector = bytes(a ^ b for a, b in zip(key[8:], salt, strict=True))
    padded = scoped + bytes(-len(scoped) % 8)
    reference = Cipher(TripleDES(key[:8] * 3), CBC(vector)).encryptor()
    assert reference.update(padded) == ciphertext
    assert Des(key).decrypt(ciphertext, salt, boots, 0) == scoped


def test_no_salt_is_used_twice() -> None:
    for cipher in (Aes(bytes(16)), Des(bytes(16))):
        salts = {cipher.encrypt(b"0", 1, 1)[1] for _ in range(1000)}
        assert len(salts) == 1000


@pytest.mark.parametrize("octets", [b"1234567", b"123456789"])
def test_ciphertexts_and_salts_of_odd_lengths_are_malformed(octets: bytes) -> None:
    with pytest.raises(MalformedError):
        Des(bytes(16)).decrypt(octets, bytes(8), 0, 0)
    with pytest.raises(MalformedError):
        Aes(bytes(16)).decrypt(bytes(16), octets, 0, 0)


THEIR_PRIVS = {
    PrivProtocol.AES192: aes192.AesBlumenthal192,
    PrivProtocol.AES256: aes256.AesBlumenthal256,
    PrivProtocol.AES192C: aes192.Aes192,
    PrivProtocol.AES256C: aes256.Aes256,
}
THEIR_AUTHS = {AuthProtocol.MD5: hmacmd5.HmacMd5, AuthProtocol.SHA: hmacsha.HmacSha}


@pytest.mark.parametrize("auth", THEIR_AUTHS)
@pytest.mark.parametrize("priv", THEIR_PRIVS)
def test_keys_are_extended_as_pysnmp_does(priv: PrivProtocol, auth: AuthProtocol) -> None:
    service = THEIR_AUTHS[auth].SERVICE_ID
    theirs = THEIR_PRIVS[priv]()
    key = theirs.hash_passphrase(service, b"private words")
    wanted = theirs.localize_key(service, key, OctetString(ENGINE))
    master = master_key(auth, b"private words")
    assert privacy_key(auth, priv, master, ENGINE) == bytes(wanted)


def test_master_keys_are_stretched_once() -> None:
    keyring = Keyring()
    first = keyring.master(AuthProtocol.SHA, "some passphrase")
    assert keyring.master(AuthProtocol.SHA, "some passphrase") is first
    assert keyring.master(AuthProtocol.MD5, "some passphrase") != first


def authority(boots: int = 5, time: int = 1000, now: float = 0.0) -> Authority:
    known = Authority(ENGINE, SnmpCredential("v3", Version.V3), Keyring())
    known.set_clock(boots, time, now)
    return known


def test_the_clock_of_an_engine_goes_on_between_messages() -> None:
    assert authority().now(60.9) == 1060


@pytest.mark.parametrize(
    ("boots", "time", "recent"),
    [
        (5, 1000, True),
        (5, 1000 - WINDOW_S, True),
        (5, 1000 - WINDOW_S - 1, False),
        (5, 999_999, True),
        (4, 2000, False),
        (6, 0, True),
        (2**31 - 1, 5, False),
    ],
)
def test_a_message_is_recent_within_150_seconds_of_the_engines_clock(
    boots: int, time: int, recent: bool
) -> None:
    assert authority().in_window(boots, time, 0.0) is recent


def test_a_later_message_sets_the_clock_and_an_earlier_one_does_not() -> None:
    known = authority()
    assert known.in_window(5, 2000, 10.0)
    assert known.in_window(5, 1900, 10.0)
    assert (known.boots, known.time, known.heard_at) == (5, 2000, 10.0)
    assert known.in_window(6, 3, 20.0)
    assert (known.boots, known.time) == (6, 3)


@given(
    st.binary(min_size=4, max_size=4).map(lambda octets: b"\x41" + octets[1:]),
    st.binary(min_size=5, max_size=32),
    clocks,
    clocks,
    st.binary(max_size=32),
    st.sampled_from([0, 12, 16, 24, 32, 48]),
    st.binary(max_size=400),
)
def test_a_message_is_read_as_it_was_written(
    message_id: bytes, engine_id: bytes, boots: int, time: int, user: bytes, mac: int, data: bytes
) -> None:
    flags = secured.AUTH | secured.PRIV
    before, after = secured.write_secured(
        message_id, flags, (engine_id, boots, time, user), mac, b"saltsalt", ber.encode(4, data)
    )
    packet = before + b"m" * mac + after
    heard = secured.read_secured(packet)
    assert heard.message_id == message_id
    assert (heard.engine_id, heard.boots, heard.time, heard.user) == (engine_id, boots, time, user)
    assert (heard.mac, heard.mac_at, heard.salt) == (b"m" * mac, len(before), b"saltsalt")
    assert packet[heard.data_at : heard.data_end] == data
    assert Envelope(packet, heard).open(packet) == heard


@given(clocks, clocks, st.binary(min_size=8, max_size=8), st.integers(0, 200), st.integers(1, 255))
def test_an_envelope_opens_what_the_parser_opens_in_the_same_way(
    time: int, other_time: int, salt: bytes, at: int, flip: int
) -> None:
    def written(time: int, salt: bytes) -> bytes:
        security = (ENGINE, 3, time, b"noc")
        before, after = secured.write_secured(
            b"\x41abc", 3, security, 12, salt, ber.encode(4, b"x" * 60)
        )
        return before + b"m" * 12 + after

    packet = written(time, salt)
    envelope = Envelope(packet, secured.read_secured(packet))
    other = bytearray(written(other_time, b"12345678"))
    other[at % len(other)] ^= flip
    opened = envelope.open(bytes(other))
    if opened is not None:
        assert opened == secured.read_secured(bytes(other))


def credential(**changes: Any) -> SnmpCredential:
    fields: dict[str, Any] = {
        "username": "noc",
        "auth_protocol": AuthProtocol.SHA,
        "auth_passphrase": "authentic words",
        "priv_protocol": PrivProtocol.AES,
        "priv_passphrase": "private words",
    }
    return SnmpCredential("hubs", Version.V3, **{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": ""}, "needs a username"),
        ({"auth_protocol": None}, "has privacy but no auth_protocol"),
        ({"auth_passphrase": "short"}, "needs auth_passphrase of 8 characters or more"),
        ({"priv_passphrase": ""}, "needs priv_passphrase of 8 characters or more"),
    ],
)
def test_a_credential_that_makes_no_security_level_is_named(
    changes: dict[str, Any], words: str
) -> None:
    target = Target("hub-1", "127.0.0.1", 161, credential(**changes))
    with pytest.raises(QuestionError, match=f"hub-1: SNMP credential 'hubs'.*{words}") as caught:
        UsmSession(target, Keyring(), SnmpStats())
    assert "short" not in str(caught.value)


def test_a_request_to_an_unknown_engine_tells_nothing() -> None:
    session = UsmSession(Target("hub-1", "127.0.0.1", 161, credential()), Keyring(), SnmpStats())
    pdu = message.encode_pdu(message.GET, (ber.encode_oid((1, 3, 6, 1, 2, 1, 1, 3, 0)),))
    heard = secured.read_secured(session.seal(session.prepare(pdu), b"\x41abc", 0.0))
    assert (heard.engine_id, heard.user, heard.mac) == (b"", b"", b"")
    assert heard.flags == secured.REPORTABLE
