"""The target of a scrape: `host`, `host:port`, `[v6]:port`, with or without `udp://`."""

from __future__ import annotations

import asyncio
import re
import socket
from functools import lru_cache
from ipaddress import ip_address

from exporters.errors import QueryError, ScrapeError

PORT = 161
TARGET = re.compile(
    r"""(?:(?P<transport>\w+)://)?
    (?:\[(?P<v6>[^\s\[\]]+)\]
      | (?P<bare_v6>[^\s\[\]:]*:[^\s\[\]:]*:[^\s\[\]]*)
      | (?P<name>[^\s\[\]:]+))
    (?::(?P<port>\d{1,5}))?""",
    re.ASCII | re.VERBOSE,
)


@lru_cache(maxsize=10_000)
def host_and_port(target: str) -> tuple[str, int]:
    """The parts of a target. Raises QueryError."""
    found = TARGET.fullmatch(target)
    if found is None:
        raise QueryError(f"target {target!r} is no host; write one like 10.0.0.1 or 10.0.0.1:161")
    if found["transport"] not in (None, "udp", "udp4", "udp6"):
        raise QueryError(f"target {target!r}: only UDP is spoken here, not {found['transport']!r}")
    port = int(found["port"] or PORT)
    if not 0 < port < 65_536:
        raise QueryError(f"target {target!r}: port {port} is not within 1 .. 65535")
    return found["v6"] or found["bare_v6"] or found["name"], port


async def address_of(host: str) -> str:
    """The IP address of a host. Raises ScrapeError when its name leads nowhere."""
    literal = literal_of(host)
    if literal:
        return literal
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as error:
        raise ScrapeError(f"error connecting to target {host}: {error}") from None
    return str(found[0][4][0])


@lru_cache(maxsize=10_000)
def literal_of(host: str) -> str:
    """An IP address in its usual spelling, "" for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return ""
