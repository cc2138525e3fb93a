"""Whom to log in to, and how."""

from __future__ import annotations

from dataclasses import dataclass

from configs.credentials import SshCredential
from configs.inventory import CliStyle


@dataclass(frozen=True, slots=True)
class Login:
    """A node's SSH access with its credential in hand. `address` is numeric."""

    node: str
    address: str
    port: int
    style: CliStyle
    platform: str
    credential: SshCredential

    @property
    def host(self) -> str:
        """The name under which OpenSSH keeps the host's key."""
        return self.address if self.port == 22 else f"[{self.address}]:{self.port}"
