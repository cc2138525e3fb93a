"""The lab as a whole: the nation served until cancelled, and its remote control."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.control import control, request
from lab.country import Access, build
from lab.fleet import Fleet
from lab.loopback import Loopback, loopback_socket
from lab.play import Play
from lab.ssh import Ssh, known_hosts
from lab.write import KNOWN_HOSTS, secrets, write_inventory, write_settings

__all__ = ["LabInfo", "request", "serve"]

BACKLOG = 200


@dataclass(frozen=True, slots=True)
class LabInfo:
    """A lab that answers: `config` is what to give `wanwatch run -c`."""

    directory: Path
    config: Path
    port: int
    ssh_port: int
    trap_port: int | None
    provinces: int
    sites: int
    nodes: int
    links: int


async def serve(
    directory: Path,
    *,
    seed: int = 1,
    communes: int | None = None,
    port: int = 0,
    trap_port: int | None = None,
    http_port: int = 9464,
    receivers: Sequence[Mapping[str, object]] = (),
    ready: Callable[[LabInfo], None] = lambda info: None,
) -> None:
    """Write the nation into `directory` and answer for it until cancelled; `ready` is called
    once it answers. `port` 0 takes a free one. Raises LabError and OSError."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # noqa: ASYNC240  nothing runs yet
    sock = loopback_socket(port, socket.SOCK_DGRAM)
    calls = loopback_socket(0, socket.SOCK_STREAM)
    with sock, calls:
        calls.listen(BACKLOG)
        port, ssh_port = sock.getsockname()[1], calls.getsockname()[1]
        nation = build(seed, communes, Access(snmp_port=port, ssh_port=ssh_port))
        credentials = secrets(directory)
        fleet = Fleet(nation, credentials)
        ssh = Ssh(fleet, calls)
        wire = Loopback(fleet, sock)
        play = Play(fleet, ssh, wire, ("127.0.0.1", trap_port) if trap_port else None)
        async with control(directory, play.answer):
            write_inventory(directory, nation.inventory)
            hosts = known_hosts(credentials, nation.inventory.nodes.values())
            (directory / KNOWN_HOSTS).write_text(hosts, "ascii")
            config = write_settings(
                directory,
                nation.inventory,
                credentials,
                http_port=http_port,
                trap_port=trap_port,
                receivers=receivers,
            )
            inventory = nation.inventory
            ready(
                LabInfo(
                    directory,
                    config,
                    port,
                    ssh_port,
                    trap_port,
                    len(inventory.provinces),
                    len(inventory.sites),
                    len(inventory.nodes),
                    len(inventory.links),
                )
            )
            try:
                await ssh.run()
            finally:
                wire.close()
