"""The lab as a whole: the nation served until cancelled, and its remote control."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.control import control, request
from lab.country import Access, build
from lab.errors import BadRequestError
from lab.faults import Faults
from lab.fleet import Fleet, Loopback, loopback_socket
from lab.write import KNOWN_HOSTS, secrets, write_inventory, write_settings

__all__ = ["LabInfo", "request", "serve"]


@dataclass(frozen=True, slots=True)
class LabInfo:
    """A lab that answers: `config` is what to give `wanwatch run -c`."""

    directory: Path
    config: Path
    port: int
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
    with sock:
        port = sock.getsockname()[1]
        nation = build(seed, communes, Access(snmp_port=port))
        credentials = secrets(directory)
        fleet = Fleet(nation, credentials)
        faults = Faults(nation.inventory)

        def answer(asked: dict[str, Any]) -> dict[str, Any]:
            return _answer(fleet, faults, asked)

        async with control(directory, answer):
            write_inventory(directory, nation.inventory)
            (directory / KNOWN_HOSTS).touch(mode=0o600)
            config = write_settings(
                directory,
                nation.inventory,
                credentials,
                http_port=http_port,
                trap_port=trap_port,
                receivers=receivers,
            )
            service = Loopback(fleet, sock)
            inventory = nation.inventory
            ready(
                LabInfo(
                    directory,
                    config,
                    port,
                    trap_port,
                    len(inventory.provinces),
                    len(inventory.sites),
                    len(inventory.nodes),
                    len(inventory.links),
                )
            )
            try:
                await asyncio.Event().wait()
            finally:
                service.close()


def _answer(fleet: Fleet, faults: Faults, asked: dict[str, Any]) -> dict[str, Any]:
    """Carry out one request of the remote control. Raises LabError."""
    do, what = asked.get("do"), asked.get("what", [])
    if not isinstance(what, list) or not all(isinstance(target, str) for target in what):
        raise BadRequestError("`what` is a list of targets such as node:ID")
    if do == "fail":
        fleet.apply(faults.fail(what))
    elif do == "heal":
        fleet.apply(faults.heal(what or faults.failed))
    elif do == "truth":
        return faults.truth()
    elif do != "status":
        raise BadRequestError(f"{do!r}: the lab can fail, heal, and tell its truth or status")
    return {
        "failed": list(faults.failed),
        "nodes": len(faults.inventory.nodes),
        "silent": len(faults.silent()),
        "answered": fleet.counts["answered"],
    }
