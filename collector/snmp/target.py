"""Whom to ask, and the socket address that answers must come from."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TypeAlias

from collector.errors import AddressError
from configs.credentials import SnmpCredential

SocketAddress: TypeAlias = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Target:
    """A node as the engine sees it; `retries` are repetitions after the first request."""

    node: str
    address: str
    port: int
    credential: SnmpCredential
    timeout_s: float = 2.0
    retries: int = 1

    def __hash__(self) -> int:  # of few fields, because it is computed on every poll
        return hash((self.node, self.address, self.port))

    def socket_address(self) -> tuple[socket.AddressFamily, SocketAddress]:
        """Family and address as the kernel reports them. Raises AddressError."""
        try:
            address = ip_address(self.address)
        except ValueError:
            raise AddressError(
                f"{self.node}: address {self.address!r} is no IP address; write one like 10.0.0.1"
            ) from None
        if not 0 < self.port < 65_536:
            raise AddressError(f"{self.node}: port {self.port} is not within 1 .. 65535")
        if not isinstance(address, IPv6Address):
            return socket.AF_INET, (str(address), self.port)
        try:
            scope = socket.if_nametoindex(address.scope_id) if address.scope_id else 0
        except OSError:
            raise AddressError(
                f"{self.node}: no interface {address.scope_id!r} here for address {self.address!r}"
            ) from None
        numbers = socket.inet_ntop(socket.AF_INET6, address.packed)  # spelt as the kernel does
        return socket.AF_INET6, (numbers, self.port, 0, scope)
