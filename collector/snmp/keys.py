"""Keys of the user-based security model: from passphrase to message authentication code.

RFC 3414 §2.6 and A.2 (MD5, SHA-1), RFC 7860 (SHA-2); key extension after
draft-blumenthal-aes-usm-04 §3.1.2 and draft-reeder-snmpv3-usm-3desede-00 §2.1.
"""

from __future__ import annotations

import hashlib

from configs.credentials import AuthProtocol, PrivProtocol

HASHES = {  # name in hashlib, octets of the truncated code
    AuthProtocol.MD5: ("md5", 12),
    AuthProtocol.SHA: ("sha1", 12),
    AuthProtocol.SHA224: ("sha224", 16),
    AuthProtocol.SHA256: ("sha256", 24),
    AuthProtocol.SHA384: ("sha384", 32),
    AuthProtocol.SHA512: ("sha512", 48),
}
KEY_LENGTHS = {  # of DES 8 octets of key and 8 of initial vector
    PrivProtocol.DES: 16,
    PrivProtocol.AES: 16,
    PrivProtocol.AES192: 24,
    PrivProtocol.AES256: 32,
    PrivProtocol.AES192C: 24,
    PrivProtocol.AES256C: 32,
}
REEDER = (PrivProtocol.AES192C, PrivProtocol.AES256C)
STRETCH = 2**20  # octets that a passphrase is repeated to


def digest(auth: AuthProtocol, octets: bytes) -> bytes:
    return hashlib.new(HASHES[auth][0], octets, usedforsecurity=False).digest()


def master_key(auth: AuthProtocol, passphrase: bytes) -> bytes:
    """Ku. Takes about a millisecond; the passphrase must not be empty."""
    return digest(auth, (passphrase * (STRETCH // len(passphrase) + 1))[:STRETCH])


def localised(auth: AuthProtocol, master: bytes, engine_id: bytes) -> bytes:
    """Kul: the key that holds for one engine only."""
    return digest(auth, master + engine_id + master)


def privacy_key(auth: AuthProtocol, priv: PrivProtocol, master: bytes, engine_id: bytes) -> bytes:
    """Kul, lengthened to what the cipher needs."""
    key = localised(auth, master, engine_id)
    link = key
    while len(key) < KEY_LENGTHS[priv]:
        if priv in REEDER:
            link = localised(auth, master_key(auth, link), engine_id)
            key += link
        else:
            key += digest(auth, key)
    return key[: KEY_LENGTHS[priv]]


class Keyring:
    """Master keys by passphrase, so that each is stretched once for a whole fleet."""

    def __init__(self) -> None:
        self._masters: dict[tuple[AuthProtocol, str], bytes] = {}

    def master(self, auth: AuthProtocol, passphrase: str) -> bytes:
        key = self._masters.get((auth, passphrase))
        if key is None:
            key = self._masters[auth, passphrase] = master_key(auth, passphrase.encode())
        return key


class Mac:
    """HMAC under one localised key, its two pads hashed beforehand, truncated to `length`."""

    __slots__ = ("_inner", "_outer", "length")

    def __init__(self, auth: AuthProtocol, key: bytes) -> None:
        name, self.length = HASHES[auth]
        block = hashlib.new(name, usedforsecurity=False).block_size
        padded = key.ljust(block, b"\0")
        self._inner = hashlib.new(name, bytes(x ^ 0x36 for x in padded), usedforsecurity=False)
        self._outer = hashlib.new(name, bytes(x ^ 0x5C for x in padded), usedforsecurity=False)

    def __call__(self, *parts: bytes) -> bytes:
        """The code of the parts joined."""
        inner = self._inner.copy()
        for part in parts:
            inner.update(part)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()[: self.length]
