"""Where the fleet stands: on loopback for anybody, or in a network namespace for root."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from configs.inventory import Reachability
from lab.country import Access
from lab.faults import Picture
from lab.fleet import Fleet
from lab.loopback import Loopback, loopback_socket
from lab.namespace import inside, namespace, tun
from lab.play import Wire
from lab.ssh import Whom, called
from lab.tunnel import MIRROR, MONITOR, NETWORK, SNMP_PORT, SSH_PORT, Tunnel, caller

BACKLOG = 200


@dataclass(frozen=True, slots=True)
class Ground:
    """`calls` is the listening SSH socket, `whom` tells which node a connection is for; `wire`
    begins to carry packets. `monitor` is the monitor's own address, `netns` the namespace in
    which it must run."""

    access: Access
    calls: socket.socket
    whom: Whom
    wire: Callable[[Fleet, Picture], Wire]
    monitor: str
    netns: str | None = None


@contextlib.contextmanager
def on_loopback(port: int) -> Iterator[Ground]:
    """All nodes in 127.0.0.0/8 with SNMP on one port (0: a free one). Raises OSError."""
    calls = loopback_socket(0, socket.SOCK_STREAM)
    with loopback_socket(port, socket.SOCK_DGRAM) as sock, calls:
        calls.listen(BACKLOG)
        yield Ground(
            Access(127, sock.getsockname()[1], calls.getsockname()[1], Reachability.SNMP),
            calls,
            called,
            lambda fleet, picture: Loopback(fleet, sock),
            "127.0.0.1",
        )


@contextlib.contextmanager
def in_namespace() -> Iterator[Ground]:
    """All nodes in 10.64.0.0/12 of a new namespace, with ICMP. Raises LabError and OSError."""
    with namespace() as name:
        descriptor = tun(name, MONITOR, (NETWORK, MIRROR))
        with inside(name):
            calls = socket.create_server((MONITOR, 0), backlog=BACKLOG)
        ssh_port = calls.getsockname()[1]
        with calls:
            yield Ground(
                Access(10, SNMP_PORT, SSH_PORT, Reachability.ICMP),
                calls,
                caller,
                lambda fleet, picture: Tunnel(fleet, descriptor, ssh_port, picture),
                MONITOR,
                name,
            )
