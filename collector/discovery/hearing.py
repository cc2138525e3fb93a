"""Table after table of one device, so that one that breaks the protocol costs no other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from collector.discovery.identity import SYS_NAME
from collector.discovery.reading import Reading
from collector.errors import SnmpDeviceError, SnmpError, SnmpGarbageError, SnmpTimeoutError
from collector.speaker import Unheard

# What a table may be given up for; whatever else goes wrong concerns the whole device.
ODD = (SnmpGarbageError, SnmpDeviceError)
# Of these, an agent that cannot answer for some column tells enough in the others.
PIECEMEAL = frozenset(("interfaces", "addresses"))

T = TypeVar("T")


class Hearing:
    """`unheard`: what was not heard to its end, by its name in `speaker.TABLES`."""

    def __init__(self, reading: Reading) -> None:
        self.unheard: dict[str, Unheard] = {}
        self._reading = reading

    async def attempt(self, asked: Awaitable[T]) -> T | SnmpError:
        """What is asked for, or what came in between. Raises SnmpError for a device that answers
        nothing any more: it must not cost a timeout for each of its tables."""
        try:
            return await asked
        except ODD as error:
            return error
        except SnmpTimeoutError as error:
            await self._reading.again(SYS_NAME)
            return error

    async def of(
        self,
        table: str,
        ask: Callable[[Reading], Awaitable[T]],
        otherwise: T,
        needs: str = "",
    ) -> T:
        """What a table tells, `otherwise` if it cannot be read, or that which it `needs` could not.
        Raises as `attempt` does."""
        if needs in self.unheard:
            self.unheard[table] = Unheard(table, self.unheard[needs].reason)
            return otherwise
        faults = self._reading.faults
        faults.clear()
        found = await self.attempt(ask(self._reading))
        if isinstance(found, SnmpError):
            self.unheard[table] = Unheard(table, found.detail)
            return otherwise
        if faults and (table not in PIECEMEAL or found == otherwise):
            oid, error = next(iter(faults.items()))
            self.unheard[table] = Unheard(table, f"{error} at {oid}")
        return found
