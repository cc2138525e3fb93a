"""A running lab as its remote control sees it: faults come and go, and everything follows."""

from __future__ import annotations

import asyncio
import random
import socket
from typing import Any, Protocol

from lab.errors import BadRequestError
from lab.faults import Faults, Picture
from lab.fleet import Fleet
from lab.ssh import Ssh
from lab.traps import messages

NOTICE_S = 0.15  # the longest that a device needs to see its port go and to say so


class Wire(Protocol):
    """What carries packets between the fleet and whoever watches it."""

    def send(self, address: bytes, data: bytes, peer: tuple[str, int]) -> None:
        """Send a datagram from one of the fleet's addresses."""

    def apply(self, picture: Picture) -> None:
        """Follow the faults."""

    def close(self) -> None: ...


class Play:
    """`traps_to` is where notifications go, None for nowhere."""

    def __init__(
        self,
        fleet: Fleet,
        faults: Faults,
        ssh: Ssh,
        wire: Wire,
        traps_to: tuple[str, int] | None,
    ) -> None:
        self._fleet = fleet
        self._faults = faults
        self._ssh = ssh
        self._wire = wire
        self._traps_to = traps_to

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request of the remote control. Raises LabError."""
        do, what = asked.get("do"), asked.get("what", [])
        if not isinstance(what, list) or not all(isinstance(target, str) for target in what):
            raise BadRequestError("what_form")
        if do == "fail":
            self._apply(self._faults.fail(what))
        elif do == "heal":
            self._apply(self._faults.heal(what or self._faults.failed))
        elif do == "truth":
            return self._faults.truth()
        elif do != "status":
            raise BadRequestError("unknown_request", do=do)
        return {
            "failed": list(self._faults.failed),
            "nodes": len(self._fleet.nation.inventory.nodes),
            "silent": len(self._faults.silent()),
            "answered": self._fleet.counts["answered"],
        }

    def _apply(self, picture: Picture) -> None:
        changes = self._fleet.apply(picture)
        self._wire.apply(picture)
        self._ssh.apply(picture)
        if self._traps_to:
            loop = asyncio.get_running_loop()
            for address, message in messages(self._fleet, changes):
                source = socket.inet_aton(address)
                wait_s = random.uniform(0.0, NOTICE_S)
                loop.call_later(wait_s, self._wire.send, source, message, self._traps_to)
