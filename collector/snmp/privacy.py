"""Ciphers of the user-based security model: DES (RFC 3414 §8) and AES (RFC 3826)."""

from __future__ import annotations

import os
import struct
from typing import Protocol

import numpy as np
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from collector.errors import MalformedError
from collector.snmp import ber
from configs.credentials import PrivProtocol

BLOCK = 16
VECTOR = struct.Struct(">IIQ")
SHORT = 512


class Privacy(Protocol):
    """One localised key. `salt` is msgPrivacyParameters, unique for every message sent."""

    def encrypt(self, octets: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """(ciphertext, salt)."""

    def decrypt(self, octets: bytes, salt: bytes, boots: int, time: int) -> bytes:
        """The scoped PDU. Raises MalformedError."""


class Aes:
    """CFB with 128-bit segments; the vector is boots, time and salt.

    To set up a cipher costs more than to encrypt a message, so two are kept per key. Decrypting,
    the key stream is E(vector), E(C1), E(C2) …: one call of ECB. Encrypting, it is K1 = E(vector),
    K2 = E(P1 ^ K1), K3 = E(P2 ^ K2) …: what CBC makes of the vector and the plaintext, once the
    block that it ended with the last time has been mixed out of the vector.
    """

    def __init__(self, key: bytes) -> None:
        self._blocks = Cipher(AES(key), ECB()).encryptor()  # noqa: S305  never of a plaintext
        self._chain = Cipher(AES(key), CBC(bytes(BLOCK))).encryptor()
        self._last = bytes(BLOCK)
        self._salt = int.from_bytes(os.urandom(8), "big")

    def encrypt(self, octets: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        self._salt = (self._salt + 1) & 0xFFFF_FFFF_FFFF_FFFF
        vector = VECTOR.pack(boots, time, self._salt)
        stream = self._chain.update(mixed(vector, self._last) + but_last_block(octets))
        self._last = stream[-BLOCK:]
        return mixed(octets, stream), vector[-8:]

    def decrypt(self, octets: bytes, salt: bytes, boots: int, time: int) -> bytes:
        if len(salt) != 8:
            raise MalformedError(f"salt of {len(salt)} octets")
        vector = VECTOR.pack(boots, time, int.from_bytes(salt, "big"))
        return mixed(octets, self._blocks.update(vector + but_last_block(octets)))


class Des:
    """CBC; the vector is the second half of the key, mixed with the salt."""

    def __init__(self, key: bytes) -> None:
        self._cipher = TripleDES(key[:8] * 3)  # which is single DES
        self._vector = int.from_bytes(key[8:16], "big")
        self._salt = int.from_bytes(os.urandom(4), "big")

    def encrypt(self, octets: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        self._salt = (self._salt + 1) & 0xFFFF_FFFF
        salt = (boots & 0xFFFF_FFFF).to_bytes(4, "big") + self._salt.to_bytes(4, "big")
        padded = octets + bytes(-len(octets) % 8)
        return Cipher(self._cipher, CBC(self._mixed(salt))).encryptor().update(padded), salt

    def decrypt(self, octets: bytes, salt: bytes, boots: int, time: int) -> bytes:
        if len(salt) != 8 or len(octets) % 8:
            raise MalformedError(f"DES of {len(octets)} octets with a salt of {len(salt)}")
        padded = Cipher(self._cipher, CBC(self._mixed(salt))).decryptor().update(octets)
        try:
            _, stop = ber.expect(padded, 0, len(padded), ber.SEQUENCE)
        except MalformedError:
            return padded  # decrypted with another key than it was encrypted with
        return padded[:stop]

    def _mixed(self, salt: bytes) -> bytes:
        return (self._vector ^ int.from_bytes(salt, "big")).to_bytes(8, "big")


def but_last_block(octets: bytes) -> bytes:
    """Everything before the last block, be that whole or broken."""
    return octets[: (len(octets) - 1) & -BLOCK]


def mixed(octets: bytes, stream: bytes) -> bytes:
    """Exclusive or with as much of a key stream as is needed."""
    length = len(octets)
    if length < SHORT:
        number = int.from_bytes(octets, "big") ^ int.from_bytes(stream[:length], "big")
        return number.to_bytes(length, "big")
    return (np.frombuffer(octets, np.uint8) ^ np.frombuffer(stream, np.uint8, length)).tobytes()


def privacy(priv: PrivProtocol, key: bytes) -> Privacy:
    return Des(key) if priv is PrivProtocol.DES else Aes(key)
