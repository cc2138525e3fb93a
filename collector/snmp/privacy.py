"""Ciphers of the user-based security model: DES (RFC 3414 §8) and AES (RFC 3826)."""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from collector.errors import MalformedError
from collector.snmp import ber
from configs.credentials import PrivProtocol


class Privacy(Protocol):
    """One localised key. `salt` is msgPrivacyParameters, unique for every message sent."""

    def encrypt(self, octets: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """(ciphertext, salt)."""

    def decrypt(self, octets: bytes, salt: bytes, boots: int, time: int) -> bytes:
        """The scoped PDU. Raises MalformedError."""


class Aes:
    """CFB with 128-bit segments; the vector is boots, time and salt."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AES(key)
        self._salt = int.from_bytes(os.urandom(8), "big")

    def encrypt(self, octets: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        self._salt = (self._salt + 1) & 0xFFFF_FFFF_FFFF_FFFF
        salt = self._salt.to_bytes(8, "big")
        vector = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
        return Cipher(self._cipher, CFB(vector)).encryptor().update(octets), salt

    def decrypt(self, octets: bytes, salt: bytes, boots: int, time: int) -> bytes:
        if len(salt) != 8:
            raise MalformedError(f"salt of {len(salt)} octets")
        vector = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
        return Cipher(self._cipher, CFB(vector)).decryptor().update(octets)


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


def privacy(priv: PrivProtocol, key: bytes) -> Privacy:
    return Des(key) if priv is PrivProtocol.DES else Aes(key)
