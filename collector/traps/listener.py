"""The trap port: takes notifications off the socket at once and has them decoded at leisure."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collector.errors import TrapPortError
from collector.sample import Trap
from collector.traps.sieve import Drop, Sieve, Source
from configs.credentials import SnmpCredential
from configs.settings import Traps

if TYPE_CHECKING:
    from collector.traps.receiver import Receiver

SNMP_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
_QUEUE = 1000
_TURN_S, _REST_S = 0.004, 0.016  # a fifth of a core is all that pysnmp gets
_DRAIN = 256
_DATAGRAM_BYTES = 65_535
_RECEIVE_BUFFER_BYTES = 4 << 20
_SO_RCVBUFFORCE = 33
_ENTERPRISE = b"\x80\x00\xff\xff\x05"  # RFC 3411 §5: octets administratively assigned


@dataclass(slots=True)
class TrapStats:
    """Datagrams. `discoveries`: senders that asked who we are; `waiting` is a gauge."""

    received: int = 0
    accepted: int = 0
    discoveries: int = 0
    waiting: int = 0
    drops: Counter[Drop] = field(default_factory=Counter)


class TrapListener:
    """Listens where the settings say and calls `heard` with every notification that may be
    believed: from a known node, with its credential."""

    def __init__(
        self,
        name: str,
        settings: Traps,
        heard: Callable[[Trap], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine_id = _ENTERPRISE + hashlib.sha256(name.encode()).digest()[:12]
        self._settings = settings
        self._heard = heard
        self._clock = clock
        self._sieve = Sieve(settings.rate_limit_per_s)
        self._queue: deque[tuple[Source, bytes, tuple[str, int]]] = deque()
        self._arrived = asyncio.Event()
        self._receivers: dict[SnmpCredential, Receiver] = {}
        self._stats = TrapStats(drops=self._sieve.drops)
        self._reply_to: tuple[str, int] = ("", 0)

    @property
    def stats(self) -> TrapStats:
        self._stats.waiting = len(self._queue)
        return self._stats

    @property
    def port(self) -> int:
        """The port in use, of interest when the settings leave the choice open."""
        return int(self._socket.getsockname()[1])

    def replace(self, sources: Mapping[str, Source]) -> None:
        """Other sources by address from now on."""
        self._sieve.replace(sources)
        wanted = {source.credential for source in sources.values()}
        for credential in self._receivers.keys() - wanted:
            del self._receivers[credential]

    def open(self) -> None:
        """Takes the port. Raises TrapPortError."""
        host, port = self._settings.host, self._settings.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = bound(family, host, port)
        except OSError as error:
            raise TrapPortError("trap_port", host=host, port=port, reason=error.strerror) from None
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER_BYTES)
        except PermissionError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)

    async def run(self) -> None:
        """Receives until cancelled. `open` comes first."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket, self._drain)
        try:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                while self._queue:
                    await self._turn()
                    await asyncio.sleep(_REST_S)
        finally:
            loop.remove_reader(self._socket)
            self._socket.close()

    def _drain(self) -> None:
        now = self._clock()
        for _ in range(_DRAIN):
            try:
                packet, address = self._socket.recvfrom(_DATAGRAM_BYTES)
            except OSError:
                break
            self._stats.received += 1
            source = self._sieve.admit(address[0].removeprefix("::ffff:"), now)
            if source is None:
                continue
            if len(self._queue) >= _QUEUE:
                self._sieve.drops[Drop.BUSY] += 1
                continue
            self._queue.append((source, packet, address))
        if self._queue:
            self._arrived.set()

    async def _turn(self) -> None:
        """Decodes for as long as a turn may take."""
        until = self._clock() + _TURN_S
        while self._queue:
            source, packet, self._reply_to = self._queue.popleft()
            if source.credential is None:
                continue
            receiver = self._receivers.get(source.credential)
            if receiver is None:
                # In a thread: the library and its MIBs take a third of a second to load.
                receiver = await asyncio.to_thread(self._receiver, source.credential)
                if receiver is None:
                    self._sieve.drops[Drop.BUSY] += 1
                    continue
                self._receivers[source.credential] = receiver
            self._take(receiver, source, packet)
            if self._clock() > until:
                return

    def _receiver(self, credential: SnmpCredential) -> Receiver | None:
        """None where there is no file descriptor left to load the library and its MIBs with."""
        try:
            from collector.traps.receiver import receiver
        except (OSError, ImportError):
            return None
        return receiver(credential, self._engine_id, self._reply)

    def _reply(self, message: bytes) -> None:
        with suppress(OSError):
            self._socket.sendto(message, self._reply_to)

    def _take(self, receiver: Receiver, source: Source, packet: bytes) -> None:
        taken = receiver.take(packet, self._clock())
        if taken is None:
            self._stats.discoveries += 1
        elif isinstance(taken, Drop):
            self._sieve.drops[taken] += 1
        else:
            oid = next((value for name, value in taken if name == SNMP_TRAP_OID), None)
            if oid is None:
                self._sieve.drops[Drop.MALFORMED] += 1
                return
            self._stats.accepted += 1
            self._heard(Trap(source.node, self._clock(), oid, taken))


def bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    """A socket that does not block. Raises OSError."""
    sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
