"""The shape of a believed reply, by which the next one is read without parsing.

From one poll to the next, a device's answer is the same octet for octet but for its numbers:
versions, lengths, OIDs and types recur. So the octets that may differ are masked, all the others
compared at once by their digest (the octets themselves would be 2 kB a node), and the numbers
gathered by position. That is stricter than parsing, and some ten times faster. Whatever differs in
any other way takes the strict path.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from collector.snmp import ber
from collector.snmp.message import Pdu

Numbers: TypeAlias = NDArray[np.float64]

WIDTH = 8  # octets of the widest number
DIGEST = 16  # octets: two answers that differ never have the same
FIXED = -2  # the slot of a number that has to be the same again
EXACT = np.uint64(2**53 - 1)  # up to here a float holds whole numbers to the last digit
LITTLE_ENDIAN = np.dtype("<u8")
FLOATS = {ber.OPAQUE_FLOAT: struct.Struct(">f"), ber.OPAQUE_DOUBLE: struct.Struct(">d")}


class Template:
    """Made from one reply, `pdu` at its place in `payload`. `slots[i]` is the place of
    `pdu.binds[i]` among the numbers, negative where it is not one of them; a number
    in the slot FIXED is compared as all else is."""

    __slots__ = ("_compared", "_digest", "_floats", "_gather", "_sign", "_size", "_slots", "id_at")

    def __init__(self, payload: bytes, pdu: Pdu, slots: Sequence[int]) -> None:
        mask = bytearray(b"\x01") * len(payload)
        mask[pdu.id_at : pdu.id_at + 4] = bytes(4)
        found: dict[int, tuple[int, int, int]] = {}  # slot to start, stop, sign bit
        floats: list[tuple[int, int, struct.Struct]] = []
        for (_, tag, start, stop), slot in zip(pdu.binds, slots, strict=True):
            if slot == FIXED:
                continue
            if tag == ber.OPAQUE and payload[start : start + 3] in FLOATS:
                layout = FLOATS[payload[start : start + 3]]
                if start + 3 + layout.size == stop:
                    mask[start + 3 : stop] = bytes(layout.size)
                    if slot >= 0:
                        floats.append((slot, start + 3, layout))
                continue
            if tag in ber.UNSIGNED and stop - start == WIDTH + 1 and not payload[start]:
                start += 1  # the zero before a number with its highest bit set stays compared
            if stop - start > WIDTH or not (tag in ber.UNSIGNED or tag == ber.INTEGER):
                continue
            mask[start:stop] = bytes(stop - start)
            if slot >= 0:
                signed = tag == ber.INTEGER and stop > start
                found[slot] = (start, stop, 1 << 8 * (stop - start) - 1 if signed else 0)
        self.id_at = pdu.id_at
        self._size = len(payload)
        compared = np.frombuffer(mask, np.uint8)
        self._compared = np.packbits(compared).tobytes()
        self._digest = digest_of(payload, compared)
        self._floats = tuple(floats)
        order = tuple(sorted(found))
        self._slots = run_of(order)
        self._gather = positions([found[slot][:2] for slot in order], pdu.status_at)
        self._sign = sign_bits(tuple(found[slot][2] for slot in order))

    @property
    def octets(self) -> int:
        """About how much memory it takes when it shares nothing."""
        return len(self._compared) + len(self._gather) + len(self._digest) + self._sign.nbytes

    def share(self, known: dict[Any, Any], *, add: bool) -> None:
        """Takes what is `known` of answers with other texts of the same lengths; `add`: and makes
        its own known."""
        take = known.setdefault if add else known.get
        self._compared = take(self._compared, self._compared)
        self._gather = take(self._gather, self._gather)
        self._sign = take(self._sign.tobytes(), self._sign)

    @staticmethod
    def fits(payload: bytes, pdu: Pdu) -> bool:
        """Whether a template can be made: a request-id of ours, an error-status of one zero."""
        return len(pdu.request_id) == 4 and pdu.error_status == payload[pdu.status_at] == 0

    def matches(self, payload: bytes) -> bool:
        """Whether a reply has this shape; its request-id is not looked at."""
        if len(payload) != self._size:
            return False
        compared = np.unpackbits(np.frombuffer(self._compared, np.uint8), count=self._size)
        return digest_of(payload, compared) == self._digest

    def read(self, payload: bytes, numbers: Numbers) -> None:
        """Sets the numbers of a reply that matches."""
        wide = self._wide(payload)
        # Two's complement: flipping the sign bit adds the bias that is taken off again.
        numbers[self._slots] = (wide ^ self._sign) - self._sign.astype(np.float64)
        for slot, at, layout in self._floats:
            numbers[slot] = layout.unpack_from(payload, at)[0]

    def counts(self, payload: bytes) -> NDArray[np.int64]:
        """The whole numbers of a reply that matches, in the order of their slots; unsigned ones
        wrap at 2^53, as Prometheus' counters do."""
        wide = self._wide(payload)
        signed = (wide ^ self._sign) - self._sign
        return np.where(self._sign, signed, wide & EXACT).view(np.int64)

    def _wide(self, payload: bytes) -> NDArray[np.uint64]:
        """The octets of each number as they stand, unsigned."""
        places = np.frombuffer(self._gather, np.uint16)
        return np.frombuffer(payload, np.uint8).take(places).view(LITTLE_ENDIAN)


def digest_of(payload: bytes, compared: NDArray[np.uint8]) -> bytes:
    """What stands for those octets of a payload that are `compared` (1, others 0)."""
    octets = np.frombuffer(payload, np.uint8) * compared
    return blake2b(octets.data, digest_size=DIGEST).digest()


@lru_cache(maxsize=1024)
def sign_bits(bits: tuple[int, ...]) -> NDArray[np.uint64]:
    """The sign bit of each number, 0 for an unsigned one; the same array for the same bits, for
    numbers differ in their widths from node to node, but those with a sign hardly do."""
    return np.array(bits, LITTLE_ENDIAN)


@lru_cache(maxsize=1024)
def run_of(order: tuple[int, ...]) -> slice | NDArray[np.intp]:
    """Ascending slots as an index, as a slice where they have no gaps; the same object for the
    same slots."""
    if order and order[-1] - order[0] == len(order) - 1:
        return slice(order[0], order[-1] + 1)
    return np.array(order, np.intp)


def positions(ranges: Sequence[tuple[int, int]], zero_at: int) -> bytes:
    """Where the octets of each number lie (uint16), lowest first, `WIDTH` a number; `zero_at` is
    the position of an octet that is always zero (error-status), which fills the missing ones."""
    bounds = np.array(ranges, np.int64).reshape(-1, 2)
    at = bounds[:, 1:] - 1 - np.arange(WIDTH)
    return np.where(at >= bounds[:, :1], at, zero_at).astype(np.uint16).tobytes()
