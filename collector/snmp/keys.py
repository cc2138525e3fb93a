"""Keys of the user-based security model: from passphrase to message authentication code.

RFC 3414 §2.6 and A.2 (MD5, SHA-1), RFC 7860 (SHA-2); key extension after
draft-blumenthal-aes-usm-04 §3.1.2 and draft-reeder-snmpv3-usm-3desede-00 §2.1.
"""

from __future__ import annotations

import hashlib
from functools import partial

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
    """HMAC under one localised key, truncated to `length`; its two pads are made beforehand.

    The pads are octets, not hash objects to copy: across thousands of engines, fetching those from
    memory took longer than hashing 64 octets again.
    """

    __slots__ = ("_hash", "_inner", "_outer", "length")

    def __init__(self, auth: AuthProtocol, key: bytes) -> None:
        name, self.length = HASHES[auth]
        self._hash = partial(getattr(hashlib, name), usedforsecurity=False)
        padded = key.ljust(self._hash().block_size, b"\0")
        self._inner = bytes(octet ^ 0x36 for octet in padded)
        self._outer = bytes(octet ^ 0x5C for octet in padded)

    def __call__(self, *parts: bytes) -> bytes:
        """The code of the parts joined."""
        inner: bytes = self._hash(b"".join((self._inner, *parts))).digest()
        code: bytes = self._hash(self._outer + inner).digest()
        return code[: self.length]
