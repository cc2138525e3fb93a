"""The lab as a whole: the nation served until cancelled, and its remote control."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lab.control import control, request
from lab.country import build
from lab.faults import Faults
from lab.fleet import Fleet
from lab.ground import in_namespace, on_loopback
from lab.play import Play
from lab.recording import Recording
from lab.replay import replayed
from lab.ssh import Ssh, known_hosts
from lab.undeclared import without
from lab.write import KNOWN_HOSTS, secrets, write_inventory, write_settings

__all__ = ["LabInfo", "request", "serve"]


@dataclass(frozen=True, slots=True)
class LabInfo:
    """A lab that answers: `config` is what to give `wanwatch run -c`, in the network namespace
    `netns` where there is one."""

    directory: Path
    config: Path
    port: int
    ssh_port: int
    trap_port: int | None
    netns: str | None
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
    netns: bool = False,
    v3_share: float = 0.2,
    recordings: Path | None = None,
    receivers: Sequence[Mapping[str, object]] = (),
    language: str = "vi",
    undeclared: int = 0,
    ready: Callable[[LabInfo], None] = lambda info: None,
) -> None:
    """Write the nation into `directory` and answer for it until cancelled; `ready` is called
    once it answers. `port` is that of SNMP on loopback, 0 for a free one; `trap_port` is where
    the daemon is to listen, `language` is the daemon's, who is told nothing of `undeclared` of the
    cables. With `recordings`, a folder of `.snmprec` files, these are all the nodes there are.
    Raises LabError and OSError."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # noqa: ASYNC240  nothing runs yet
    with in_namespace() if netns else on_loopback(port) as ground, _seldom_collected():
        access = replace(ground.access, v3_share=v3_share)
        said: dict[str, Recording] = {}
        if recordings:
            nation, said = replayed(recordings, seed, access)
        else:
            nation = build(seed, communes, access)
        inventory = nation.inventory
        shared = secrets(directory)
        fleet = Fleet(nation, shared, said)
        faults = Faults(inventory)
        ssh = Ssh(fleet, ground.calls, ground.whom)
        wire = ground.wire(fleet, faults.picture)
        play = Play(fleet, faults, ssh, wire, (ground.monitor, trap_port) if trap_port else None)
        try:
            async with control(directory, play.answer):
                write_inventory(directory, without(inventory, undeclared))
                hosts = known_hosts(shared, inventory.nodes.values())
                (directory / KNOWN_HOSTS).write_text(hosts, "ascii")
                config = write_settings(
                    directory,
                    inventory,
                    shared,
                    http_port=http_port,
                    traps_to=(ground.monitor, trap_port) if trap_port else None,
                    receivers=receivers,
                    language=language,
                )
                ready(
                    LabInfo(
                        directory,
                        config,
                        ground.access.snmp_port,
                        ground.access.ssh_port,
                        trap_port,
                        ground.netns,
                        len(inventory.provinces),
                        len(inventory.sites),
                        len(inventory.nodes),
                        len(inventory.links),
                    )
                )
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(fleet.warm())
                    tasks.create_task(ssh.run())
        finally:
            wire.close()


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let the garbage collector look at everything but rarely: the fleet is large, makes no
    cycles worth finding, and would stand still for a third of a second."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
