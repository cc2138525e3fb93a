"""What a device answers, asked once and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias

from collector.discovery import octets
from collector.errors import SnmpLengthError
from collector.snmp.ber import Value
from collector.snmp.engine import VarBind
from collector.snmp.target import Target

Rows: TypeAlias = dict[str, Value]
"""The values of a column by index, as dotted text, in the order of the agent."""
Table: TypeAlias = dict[str, dict[str, Value]]
"""The rows of some columns: dict[index, dict[name of the column, value]]."""

SHARE = 800  # columns looked at in one walk
ABSENT = frozenset(("noSuchObject", "noSuchInstance", "endOfMibView", "Null"))


class Agent(Protocol):
    """What is needed of an SNMP engine."""

    async def get(self, target: Target, oids: list[str]) -> list[VarBind]:
        """These instances."""

    async def columns(
        self, target: Target, roots: list[str], most: int | None = None
    ) -> list[VarBind]:
        """Everything below these roots, and those roots themselves that the agent could not answer
        for, of the type of its error; SnmpLengthError for more than `most` rows in one."""


class Reading:
    """One device, read piece by piece. Its methods raise SnmpError when it does not answer.

    `faults`: columns that were asked for by `column` or `table` though the device could not answer
    for them to their end, and its error.
    """

    def __init__(self, agent: Agent, target: Target) -> None:
        self._agent = agent
        self._target = target
        self._scalars: Rows = {}
        self._columns: dict[str, Rows] = {}
        self._errors: dict[str, str] = {}
        self.faults: dict[str, str] = {}

    async def want(self, oids: Iterable[str]) -> None:
        """Reads instances (they end in `.0`) and columns that have not been read yet."""
        wanted = dict.fromkeys(oid for oid in oids if oid)
        scalars = [o for o in wanted if o.endswith(".0") and o not in self._scalars]
        columns = [o for o in wanted if not o.endswith(".0") and o not in self._columns]
        await self.instances(scalars)
        for start in range(0, len(columns), SHARE):
            await self._read_columns(columns[start : start + SHARE])

    async def _read_columns(self, roots: list[str], most: int | None = None) -> None:
        found: dict[str, Rows] = {root: {} for root in roots}
        lengths = sorted({root.count(".") + 1 for root in roots})
        for bind in await self._agent.columns(self._target, roots, most):
            if bind.oid in found:
                self._errors[bind.oid] = bind.type
                continue
            arcs = bind.oid.split(".")
            for length in lengths:
                root = ".".join(arcs[:length])
                if root in found:
                    found[root][".".join(arcs[length:])] = bind.value
        self._columns |= found

    async def scalar(self, oid: str) -> Value:
        """The value of an instance, None where there is none."""
        await self.want((oid,))
        return self._scalars[oid]

    async def instance(self, oid: str) -> Value:
        """As `scalar`, of an instance that does not end in `.0`."""
        await self.instances((oid,))
        return self._scalars[oid]

    async def instances(self, oids: Iterable[str]) -> None:
        """Reads these instances, whatever they end in, at once."""
        wanted = [oid for oid in dict.fromkeys(oids) if oid and oid not in self._scalars]
        if wanted:
            binds = await self._agent.get(self._target, wanted)
            self._scalars |= dict.fromkeys(wanted)
            for bind in binds:
                if bind.type not in ABSENT:
                    self._scalars[bind.oid] = bind.value

    async def again(self, oid: str) -> None:
        """Reads an instance anew, to hear whether anybody still answers."""
        self._scalars.pop(oid, None)
        await self.instances((oid,))

    async def column(self, oid: str) -> Rows:
        """The rows of a column, empty where there are none; an instance counts as a row `0`."""
        await self.want((oid,))
        if oid in self._errors:
            self.faults[oid] = self._errors[oid]
        if not oid.endswith(".0"):
            return self._columns[oid]
        value = self._scalars[oid]
        return {} if value is None else {"0": value}

    async def table(self, columns: Mapping[str, str]) -> Table:
        """dict[index, dict[name, value]] of the columns given by name."""
        await self.want(columns.values())
        rows: Table = {}
        for name, oid in columns.items():
            for index, value in (await self.column(oid)).items():
                rows.setdefault(index, {})[name] = value
        return rows

    async def short_table(self, columns: Mapping[str, str], most: int) -> Table | None:
        """`table` of one with at most `most` rows, None for a longer one, of which little more
        than that is read."""
        try:
            await self._read_columns([o for o in columns.values() if o not in self._columns], most)
        except SnmpLengthError:
            return None
        return await self.table(columns)

    async def text(self, oid: str) -> str:
        """An instance, or the first row of a column that says something, as text."""
        for value in (await self.column(oid)).values():
            said = octets.text(value)
            if said:
                return said
        return ""
