"""The User-based Security Model of an authoritative engine (RFC 3414), SHA-1 and AES-128 only."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from lab import ber
from lab.errors import BerError

AUTH, PRIV, REPORTABLE = 1, 2, 4  # msgFlags, RFC 3412 §6.4
MODEL = 3
WINDOW_S = 150
MAC_SIZE = 12
MAX_MESSAGE = 16_384
_VERSION = ber.integer(3)
_HEADS = [  # of msgGlobalData, what follows msgID, by msgFlags
    ber.integer(MAX_MESSAGE) + ber.octets(bytes((flags,))) + ber.integer(MODEL)
    for flags in range(8)
]
NO_MAC = bytes(MAC_SIZE)

# usmStats, RFC 3414 §5
STATS = (1, 3, 6, 1, 6, 3, 15, 1, 1)
UNSUPPORTED_LEVEL, NOT_IN_WINDOW, UNKNOWN_USER = 1, 2, 3
UNKNOWN_ENGINE, WRONG_DIGEST, DECRYPTION_ERROR = 4, 5, 6


@cache
def master_key(passphrase: str) -> bytes:
    """The key of a passphrase: SHA-1 over a mebibyte of its repetitions (RFC 3414 §A.2.2)."""
    raw = passphrase.encode()
    return hashlib.sha1((raw * (1_048_576 // len(raw) + 1))[:1_048_576]).digest()  # noqa: S324


def localised(master: bytes, engine: bytes) -> bytes:
    """The key as it holds at one engine only (RFC 3414 §2.6)."""
    return hashlib.sha1(master + engine + master).digest()  # noqa: S324


class Incoming(NamedTuple):
    """A version 3 message taken apart. `parameters` are msgAuthenticationParameters, of which
    `mac_at` is the place in the message; `body` is msgData with its header."""

    message_id: int
    max_size: int
    flags: int
    engine: bytes
    boots: int
    time: int
    user: bytes
    parameters: bytes
    mac_at: int
    salt: bytes
    body: bytes


def parse(data: bytes, at: int, end: int) -> Incoming:
    """The message whose msgVersion has been read from `data[at:end]`. Raises BerError."""
    (head, (params, body_at)) = ber.parts(data, at, end, b"\x30\x04")
    identity, max_size, flags, model = ber.parts(data, *head, b"\x02\x02\x04\x02")
    if flags[1] - flags[0] != 1 or ber.number(data, model) != MODEL:
        raise BerError("not a message of the User-based Security Model")
    start, stop = ber.expect(ber.SEQUENCE, data, params, body_at)
    engine, boots, time, user, mac, salt = ber.parts(data, start, stop, b"\x04\x02\x02\x04\x04\x04")
    return Incoming(
        ber.number(data, identity),
        ber.number(data, max_size),
        data[flags[0]],
        data[slice(*engine)],
        ber.number(data, boots),
        ber.number(data, time),
        data[slice(*user)],
        data[slice(*mac)],
        mac[0],
        data[slice(*salt)],
        data[body_at:end],
    )


class Engine:
    """The secrets and the clock of one authoritative engine."""

    def __init__(self, engine: bytes, user: str, auth: str, priv: str) -> None:
        self.id = engine
        self.user = user.encode()
        self.boots = 0
        self.time = 0
        self._clock = (-1, -1)
        self._before = b""
        self._auth = localised(master_key(auth), engine)
        self._cipher = algorithms.AES(localised(master_key(priv), engine)[:16])
        self._salt = int.from_bytes(os.urandom(8), "big")
        self._name = ber.octets(engine)

    def genuine(self, message: Incoming, data: bytes) -> bool:
        """Whether the message's MAC over all of `data` is ours."""
        if len(message.parameters) != MAC_SIZE:
            return False
        at = message.mac_at
        blank = data[:at] + NO_MAC + data[at + MAC_SIZE :]
        return hmac.compare_digest(self._mac(blank), message.parameters)

    def in_window(self, message: Incoming) -> bool:
        return message.boots == self.boots and abs(message.time - self.time) <= WINDOW_S

    def opened(self, message: Incoming) -> bytes:
        """The scoped PDU of an encrypted message. Raises BerError."""
        start, stop = ber.expect(ber.OCTETS, message.body, 0, len(message.body))
        if len(message.salt) != 8:
            raise BerError("msgPrivacyParameters are not 8 bytes")
        vector = self._vector(message.boots, message.time, message.salt)
        return Cipher(self._cipher, CFB(vector)).decryptor().update(message.body[start:stop])

    def sealed(self, message_id: int, flags: int, user: bytes, scoped: bytes) -> bytes:
        """A message to `user` at the level of `flags` around a scoped PDU."""
        salt = b""
        if flags & PRIV:
            self._salt = (self._salt + 1) & 0xFFFFFFFFFFFFFFFF
            salt = self._salt.to_bytes(8, "big")
            encryptor = Cipher(self._cipher, CFB(self._vector(self.boots, self.time, salt)))
            scoped = ber.octets(encryptor.encryptor().update(scoped))
        if self._clock != (self.boots, self.time):
            self._clock = (self.boots, self.time)
            self._before = self._name + ber.integer(self.boots) + ber.integer(self.time)
        before = self._before + ber.octets(user)
        after = ber.octets(NO_MAC if flags & AUTH else b"") + ber.octets(salt)
        parameters = ber.octets(ber.header(ber.SEQUENCE, len(before) + len(after)) + before + after)
        head = ber.integer(message_id) + _HEADS[flags]
        message = ber.sequence(_VERSION, ber.tlv(ber.SEQUENCE, head), parameters, scoped)
        if not flags & AUTH:
            return message
        at = len(message) - len(scoped) - len(after) + 2
        return message[:at] + self._mac(message) + message[at + MAC_SIZE :]

    def _mac(self, data: bytes) -> bytes:
        return hmac.digest(self._auth, data, "sha1")[:MAC_SIZE]

    def _vector(self, boots: int, time: int, salt: bytes) -> bytes:
        """RFC 3826 §3.1.2.1."""
        return (
            (boots & 0xFFFFFFFF).to_bytes(4, "big") + (time & 0xFFFFFFFF).to_bytes(4, "big") + salt
        )
