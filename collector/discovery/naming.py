"""Names for the rows of tables, made as a rule's description says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from collector.discovery import octets
from collector.discovery.entity import Part
from collector.discovery.reading import Reading
from collector.portrait import Port
from collector.snmp.ber import Value
from configs.devicerules import LoadTable, SensorTable

PLACE = re.compile(r"\{([^}]+)\}")
OID = re.compile(r"[\d.]+")
UP = "up"  # ifOperStatus


class Names:
    """Fills `{index}`, `{last}` (its last number), `{port}` and `{entity}` (the first number of the
    index as ifIndex or entPhysicalIndex) and columns by their OID."""

    def __init__(
        self, reading: Reading, ports: Mapping[int, Port], parts: Mapping[int, Part]
    ) -> None:
        self._reading = reading
        self._ports = ports
        self._parts = parts

    async def of(self, description: str, index: str) -> str:
        """The name of the row `index`; never empty."""
        said = {}
        for place in PLACE.findall(description):
            said[place] = await self._fill(place, index)
        name = PLACE.sub(lambda found: said[found[1]], description)
        return " ".join(name.split()) or index

    def of_a_dead_port(self, description: str, index: str) -> bool:
        """Whether the row is of a port that does not run, whose light nobody misses."""
        first = index.split(".")[0]
        port = self._ports.get(int(first)) if first.isdigit() else None
        return "{port}" in description and port is not None and port.oper_status != UP

    async def _fill(self, place: str, index: str) -> str:
        if place == "index":
            return index
        if place == "last":
            return index.rpartition(".")[2]
        first = index.split(".")[0]
        if place == "port":
            port = self._ports.get(int(first)) if first.isdigit() else None
            return port.name if port else first
        if place == "entity":
            part = self._parts.get(int(first)) if first.isdigit() else None
            return (part.name or part.descr) if part else first
        return octets.text(at(await self._reading.column(place), index))


async def said_of(reading: Reading, oid: str, index: str) -> Value:
    """What a column says of a row; an instance speaks for every row."""
    rows = await reading.column(oid)
    return rows.get("0") if oid.endswith(".0") else at(rows, index)


def at(rows: Mapping[str, Value], index: str) -> Value:
    """The row `index`, or that of the table whose index it begins with."""
    while index not in rows and "." in index:
        index = index.rpartition(".")[0]
    return rows.get(index)


def referred(description: str) -> Iterator[str]:
    """The columns that a description needs."""
    return (place for place in PLACE.findall(description) if OID.fullmatch(place))


def columns_of(tables: Iterable[SensorTable | LoadTable]) -> Iterator[str]:
    """Every object that these tables need, so that all can be asked for at once."""
    for table in tables:
        yield from referred(table.description)
        yield from table.only
        if isinstance(table, SensorTable):
            yield from (table.oid, table.digits, table.unless)
            yield from table.limits.values()
        else:
            yield from (table.percent, table.used, table.free, table.total)


async def fits(reading: Reading, table: SensorTable | LoadTable, index: str) -> bool:
    """Whether other columns say of the row what the rule demands."""
    for oid, pattern in table.only.items():
        if re.search(pattern, octets.text(await said_of(reading, oid, index))) is None:
            return False
    return True
