"""Recorded devices as nodes of the lab: what they said once, with their clocks going on."""

from __future__ import annotations

import random
from bisect import bisect_left
from pathlib import Path

import numpy as np

from configs.inventory import Inventory, Node, Province, Role, Site, SiteKind
from lab import ber
from lab.country import Access
from lab.errors import RefusedError
from lab.mib import HR_SYSTEM_UPTIME, SNMP_ENGINE, SYSTEM, Ids, Value
from lab.nation import V2C, V3, Nation
from lab.recording import Recording, read_all, recordings
from lab.traffic import Floats

PROVINCE = Province("recorded", "Thiết bị ghi lại", "00")
BLOCK = 79  # second byte of the addresses; the nation's nodes are in 64 and 65
A_BLOCK = 250  # addresses with the same first three bytes

# Clocks by object: the type, and how many of their units make a second.
CLOCKS = {
    (*SYSTEM, 3, 0): (ber.TIME_TICKS, 100.0),
    HR_SYSTEM_UPTIME: (ber.TIME_TICKS, 100.0),
    (*SNMP_ENGINE, 3, 0): (ber.INTEGER, 1.0),
}
ENGINE_ID, ENGINE_BOOTS = (*SNMP_ENGINE, 1, 0), (*SNMP_ENGINE, 2, 0)
NO_MAKER = b"\x80\x00\x00\x00\x04"  # of an engine id made up from the node's name, RFC 3411 §5


class Replay:
    """A device that says what was recorded. `booted` and `boots` change when it is switched on
    again after a failure."""

    def __init__(self, node: Node, recording: Recording, t: float) -> None:
        self.node = node
        self._names = recording.names
        self._values: list[Value] = list(recording.values)
        self.boots = self._number(ENGINE_BOOTS)
        self.booted = t - self._number((*SYSTEM, 3, 0)) / 100
        self.engine_id = self._engine_id()
        self._clocks: list[tuple[float, float]] = []  # t at which it was zero, units a second
        for name, (tag, per_s) in CLOCKS.items():
            place = self._place(name)
            if place is not None:
                self._clocks.append((t - self._number(name) / per_s, per_s))
                self._values[place] = tag, len(self._clocks) - 1

    def objects(self) -> tuple[list[Ids], list[Value]]:
        """Names in lexicographic order, and their values."""
        return self._names, self._values

    def values(self, t: float) -> Floats:
        return np.array([(t - zero) * per_s for zero, per_s in self._clocks] or [0.0])

    def uptime(self, t: float) -> int:
        """sysUpTime in hundredths of a second."""
        return int((t - self.booted) * 100)

    def reboot(self, t: float) -> None:
        """Start again at `t`: the clocks from zero, the counters as they were recorded."""
        self.booted = t
        self.boots += 1
        self._clocks = [(t, per_s) for _, per_s in self._clocks]

    def _place(self, name: Ids) -> int | None:
        place = bisect_left(self._names, name)
        return place if place < len(self._names) and self._names[place] == name else None

    def _content(self, name: Ids) -> bytes:
        """The octets of a recorded value, none where it is not there."""
        place = self._place(name)
        value = None if place is None else self._values[place]
        if not isinstance(value, bytes):
            return b""
        _, start, stop = ber.peek(value, 0, len(value))
        return value[start:stop]

    def _number(self, name: Ids) -> int:
        return int.from_bytes(self._content(name), "big")

    def _engine_id(self) -> bytes:
        """SnmpEngineID (RFC 3411) as recorded, else one of its own."""
        recorded = self._content(ENGINE_ID)
        return recorded if 5 <= len(recorded) <= 32 else NO_MAKER + self.node.id.encode()[:27]


def replayed(directory: Path, seed: int, access: Access) -> tuple[Nation, dict[str, Recording]]:
    """A WAN of nothing but the recordings in a folder, each file a node on a site of its own, and
    the recordings by node. Raises RecordingError, and RefusedError for a folder without any."""
    files = recordings(directory)
    if not files:
        raise RefusedError("recording_none", directory=directory)
    found = read_all(files)
    nodes = {id_: _node(id_, place, seed, access) for place, id_ in enumerate(found)}
    inventory = Inventory(
        provinces={PROVINCE.id: PROVINCE},
        sites={id_: Site(id_, id_, SiteKind.AGENCY, PROVINCE.id) for id_ in found},
        nodes=nodes,
        monitors=tuple(found),  # the monitor stands beside each of them
    )
    return Nation(seed, inventory, {}, {}), found


def _node(id_: str, place: int, seed: int, access: Access) -> Node:
    v3 = random.Random(f"{seed} {id_}").random() < access.v3_share
    return Node(
        id_,
        id_,
        f"{access.network}.{BLOCK}.{place // A_BLOCK}.{place % A_BLOCK + 1}",
        Role.OTHER,
        credential=V3 if v3 else V2C,
        port=access.snmp_port,
        reachability=access.reachability,
    )
