"""Credentials: secrets resolved from files or the environment, and never printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Version(StrEnum):
    V1 = "1"
    V2C = "2c"
    V3 = "3"


class AuthProtocol(StrEnum):
    """usmAuthProtocol, RFC 3414 and RFC 7860."""

    MD5 = "MD5"
    SHA = "SHA"
    SHA224 = "SHA224"
    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class PrivProtocol(StrEnum):
    """usmPrivProtocol. AES192/AES256 extend the key as Blumenthal's draft does, the -C
    flavours as Reeder's (Cisco) does."""

    DES = "DES"
    AES = "AES"
    AES192 = "AES192"
    AES256 = "AES256"
    AES192C = "AES192C"
    AES256C = "AES256C"


@dataclass(frozen=True, slots=True)
class SnmpCredential:
    """Secrets are left out of `repr`, so that no log, dump or traceback shows them."""

    id: str
    version: Version = Version.V2C
    community: str = field(default="", repr=False)
    username: str = ""
    auth_protocol: AuthProtocol | None = None
    auth_passphrase: str = field(default="", repr=False)
    priv_protocol: PrivProtocol | None = None
    priv_passphrase: str = field(default="", repr=False)
    context: str = ""
    context_engine: bytes = b""  # b"" for the engine that answers


@dataclass(frozen=True, slots=True)
class SshCredential:
    """`known_hosts` is a file of trusted host keys; without it nothing is connected to."""

    id: str
    username: str
    known_hosts: str
    password: str = field(default="", repr=False)
    key_file: str = ""
    enable_password: str = field(default="", repr=False)
