"""The addresses that are talked to, and the sockets for it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from collector.snmp import sockets
from collector.snmp.flight import Peer
from collector.snmp.target import SocketAddress, Target


class Peers:
    """Calls `readable` for each of its sockets that datagrams wait in."""

    def __init__(self, readable: Callable[[socket.socket], None]) -> None:
        self.known: dict[SocketAddress, Peer] = {}
        self._readable = readable
        self._loop = asyncio.get_running_loop()
        self._sockets: dict[socket.AddressFamily, list[socket.socket]] = {}

    def close(self) -> None:
        for family in self._sockets.values():
            for sock in family:
                self._loop.remove_reader(sock)
            sockets.close(family)

    def take(self, target: Target) -> Peer:
        """The peer at a target's address, until it is given back. Raises AddressError, and
        OSError where no socket can be had."""
        family, address = target.socket_address()
        peer = self.known.get(address)
        if peer is None:
            pool = self._pool(family)
            peer = self.known[address] = Peer(address, pool[len(self.known) % len(pool)])
        peer.users += 1
        return peer

    def give_back(self, peer: Peer) -> None:
        peer.users -= 1
        self.drop_unused(peer)

    def drop_unused(self, peer: Peer) -> None:
        """Forgets a peer that nobody uses and nobody waits for."""
        if not peer.users and peer.current is None and not peer.queue:
            self.known.pop(peer.address, None)

    def _pool(self, family: socket.AddressFamily) -> list[socket.socket]:
        pool = self._sockets.get(family)
        if pool is None:
            pool = self._sockets[family] = sockets.open_sockets(family)
            for sock in pool:
                self._loop.add_reader(sock, self._readable, sock)
        return pool
