"""Which echo requests are under way, and which of the messages about them may be believed."""

from __future__ import annotations

import heapq
import os
import random
from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import count

from collector.icmp.look import Look, Packet
from collector.icmp.packet import COOKIE_BYTES, V4, Heard, checksum

SEQUENCES = 1 << 16
LATE_S = 5.0  # after its deadline a reply still proves life
_COOKIES_AT_ONCE = 512


class Verdict(Enum):
    GENUINE = "genuine"
    DUPLICATE = "duplicate"
    LATE = "late"
    FORGED = "forged"


class Pending:
    """Requests by sequence number. Every request carries a random cookie of its own, so that
    nobody who has not seen it can answer for a node."""

    def __init__(self, randomness: Callable[[int], bytes] = os.urandom) -> None:
        self._randomness = randomness
        self._packets: dict[int, Packet] = {}
        self._of_node: dict[str, Packet] = {}  # the last that waits
        self._late: dict[int, Packet] = {}
        self._forgotten_at: deque[tuple[float, Packet]] = deque()
        self._deadlines: list[tuple[float, int, Packet]] = []
        self._serial = count()
        self._closed: list[Verdict] = [Verdict.FORGED] * SEQUENCES
        self._sequence = random.randrange(SEQUENCES)
        self._cookies = memoryview(b"")

    def __len__(self) -> int:
        return len(self._packets)

    @property
    def full(self) -> bool:
        return len(self._packets) == SEQUENCES

    def ticket(self) -> tuple[int, bytes]:
        """A sequence number not in use and a fresh cookie. Not to be asked for when full."""
        sequence = self._sequence
        while sequence in self._packets:
            sequence = (sequence + 1) % SEQUENCES
        self._sequence = (sequence + 1) % SEQUENCES
        if not self._cookies:
            self._cookies = memoryview(self._randomness(COOKIE_BYTES * _COOKIES_AT_ONCE))
        cookie = bytes(self._cookies[:COOKIE_BYTES])
        self._cookies = self._cookies[COOKIE_BYTES:]
        return sequence, cookie

    def add(self, look: Look, sequence: int, cookie: bytes, sent_at: float) -> None:
        """Notes that a request was sent."""
        packet = Packet(look, sequence, cookie, sent_at)
        self._packets[sequence] = self._of_node[look.node] = packet
        self._late.pop(sequence, None)
        heapq.heappush(self._deadlines, (sent_at + look.timeout_s, next(self._serial), packet))

    def judge(self, heard: Heard, identifier: int) -> tuple[Verdict, Packet | None]:
        """Whether a message is the first true one about a request; that request is then closed
        and returned. A late reply is told with its request, too."""
        packet = self._packets.get(heard.sequence)
        late = packet is None
        if packet is None:
            packet = self._late.get(heard.sequence)
        if packet is None or (late and heard.error):
            return self._closed[heard.sequence], None
        look = packet.look
        if not heard.error:
            genuine = heard.source == look.address and heard.proof == packet.cookie
        else:
            proof = packet.cookie
            if look.dialect is V4:
                proof = checksum(identifier, packet.sequence, packet.cookie).to_bytes(2)
            genuine = heard.target == look.address and heard.proof == proof
        if not genuine:
            return Verdict.FORGED, None
        if late:
            del self._late[heard.sequence]
            self._closed[heard.sequence] = Verdict.DUPLICATE
            return Verdict.LATE, packet
        self._close(packet, Verdict.DUPLICATE)
        return Verdict.GENUINE, packet

    def succeed(self, late: Packet) -> Look | None:
        """The look that waits for the same node now, its request closed: a late reply has answered
        it. None where nobody waits."""
        packet = self._of_node.get(late.look.node)
        if packet is None or packet.look.address != late.look.address:
            return None
        self._close(packet, Verdict.DUPLICATE)
        return packet.look

    def overdue(self, now: float) -> Iterator[Packet]:
        """Closes the requests whose time is up, in the order of their deadlines."""
        deadlines = self._deadlines
        while deadlines and deadlines[0][0] <= now:
            packet = heapq.heappop(deadlines)[2]
            if self._packets.get(packet.sequence) is packet:
                self._close(packet, Verdict.LATE)
                self._late[packet.sequence] = packet
                self._forgotten_at.append((now + LATE_S, packet))
                yield packet
        while self._forgotten_at and self._forgotten_at[0][0] <= now:
            packet = self._forgotten_at.popleft()[1]
            if self._late.get(packet.sequence) is packet:
                del self._late[packet.sequence]

    def clear(self) -> None:
        self._packets.clear()
        self._of_node.clear()
        self._late.clear()
        self._forgotten_at.clear()
        self._deadlines.clear()

    def _close(self, packet: Packet, whatever_comes_next_is: Verdict) -> None:
        del self._packets[packet.sequence]
        if self._of_node.get(packet.look.node) is packet:
            del self._of_node[packet.look.node]
        self._closed[packet.sequence] = whatever_comes_next_is
