"""Everything that is found out about one device."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from collector.discovery.identity import Identity, identify
from collector.discovery.neighbours import Neighbour, neighbours
from collector.discovery.ports import Port, ports
from collector.discovery.reading import Agent, Reading
from collector.errors import SnmpError
from collector.snmp.target import Target
from configs.devicerules import DeviceFile

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Portrait:
    """`missing` tells what could not be read, because the device stopped answering at it."""

    identity: Identity
    ports: tuple[Port, ...]
    neighbours: tuple[Neighbour, ...]
    missing: tuple[str, ...]


async def discover(agent: Agent, target: Target, files: Sequence[DeviceFile]) -> Portrait:
    """Raises SnmpError when the device does not even say what it is."""
    reading = Reading(agent, target)
    identity = await identify(reading, files)
    missing: list[str] = []

    async def attempt(asked: Awaitable[T], otherwise: T) -> T:
        try:
            return await asked
        except SnmpError as error:
            missing.append(str(error))
            return otherwise

    found = await attempt(ports(reading), {})
    return Portrait(
        identity=identity,
        ports=tuple(found.values()),
        neighbours=await attempt(neighbours(reading, found), ()),
        missing=tuple(missing),
    )
