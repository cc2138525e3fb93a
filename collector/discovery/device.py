"""Everything that is found out about one device."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from typing import TypeVar

from collector.discovery import entity
from collector.discovery.addresses import addresses, peers
from collector.discovery.hostresources import Storage, storage
from collector.discovery.identity import GENERIC, identify
from collector.discovery.loads import processors, spaces
from collector.discovery.modules import modules
from collector.discovery.naming import Names
from collector.discovery.neighbours import neighbours
from collector.discovery.ports import ports
from collector.discovery.reading import Agent, Reading
from collector.discovery.sensors import sensors
from collector.errors import SnmpError
from collector.portrait import Identity, Portrait
from collector.snmp.target import Target
from configs.devicerules import DeviceFile, LoadTable, SensorTable, below

SHARED_AGENTS = ("1.3.6.1.4.1.8072", "1.3.6.1.4.1.2021", "1.3.6.1.4.1.311")

T = TypeVar("T")
Table = TypeVar("Table", LoadTable, SensorTable)


def anything_goes(identity: Identity) -> bool:
    """Whether a device may have the tables of any maker: nobody knows it, or its agent is one that
    the maker of the hardware only adds to."""
    shared = any(below(identity.sys_object_id, agent) for agent in SHARED_AGENTS)
    return shared or identity.os == GENERIC


class TablesFor:
    """The tables of all rules that a device may have."""

    def __init__(self, files: Sequence[DeviceFile], identity: Identity) -> None:
        mine = (
            files
            if anything_goes(identity)
            else [file for file in files if file.concerns(identity.os, identity.sys_object_id)]
        )

        def chosen(tables: Iterable[Table]) -> list[Table]:
            return [t for t in tables if not t.systems or identity.os in t.systems]

        self.sensors = chosen(table for file in mine for table in file.sensors)
        self.processors = chosen(table for file in mine for table in file.processors)
        self.memory = chosen(table for file in mine for table in file.memory)
        self.storage = chosen(table for file in mine for table in file.storage)
        self.modules = [
            use
            for file in mine
            for use in file.modules
            if (not use.systems or identity.os in use.systems)
            and (not use.maker or below(identity.sys_object_id, use.maker) or mine is files)
        ]


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
    parts = await attempt(entity.parts(reading), {})
    host = await attempt(storage(reading), Storage((), ()))
    names = Names(reading, found, parts)
    rules = TablesFor(files, identity)
    return Portrait(
        identity=identity,
        ports=tuple(found.values()),
        neighbours=await attempt(neighbours(reading, found), ()),
        processors=await attempt(processors(reading, rules.processors, names), ()),
        memory=await attempt(spaces(reading, rules.memory, names, host.memory), ()),
        storage=await attempt(spaces(reading, rules.storage, names, host.storage), ()),
        sensors=await attempt(sensors(reading, rules.sensors, names, parts), ()),
        addresses=await attempt(addresses(reading), ()),
        peers=await attempt(peers(reading), ()),
        modules=await attempt(modules(reading, rules.modules), ()),
        missing=tuple(missing),
    )
