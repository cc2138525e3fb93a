"""Waiters: who wants to know how an errand ends."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

from collector.errors import UnknownNodeError
from collector.schedule import Errand, Kind

T = TypeVar("T")


class Waiters(Generic[T]):
    """Any number for an errand; what it brought is told to all of them."""

    def __init__(self) -> None:
        self._waiting: dict[Errand, list[asyncio.Future[T]]] = {}

    def __contains__(self, errand: Errand) -> bool:
        return errand in self._waiting

    async def outcome(self, errand: Errand) -> T:
        """What the errand brings. Raises UnknownNodeError when its node is taken out."""
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(errand, []).append(waiter)
        return await waiter

    def tell(self, errand: Errand, outcome: T) -> None:
        for waiter in self._waiting.pop(errand, ()):
            if not waiter.done():
                waiter.set_result(outcome)

    def keep(self, nodes: Mapping[Kind, Collection[str]]) -> None:
        """Lets go of whoever waits for a node that has no such errands any more."""
        for errand in [errand for errand in self._waiting if errand.node not in nodes[errand.kind]]:
            for waiter in self._waiting.pop(errand):
                if not waiter.done():
                    waiter.set_exception(UnknownNodeError(f"{errand.node} was taken out"))
