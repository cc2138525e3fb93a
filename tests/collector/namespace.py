"""A network namespace of one's own with a scripted network behind a TUN device (root only)."""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import os
import selectors
import struct
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")
Network = Callable[[bytes], list[tuple[float, bytes]]]
"""What comes back for an IP packet, and after how many seconds."""

FULL_TO_10_9 = (  # an interface that takes no packet: every send fails with ENOBUFS
    "ip link add full type veth peer name peer",
    "ip link set peer up",
    "ip link set full up",
    "ip addr add 10.9.0.1/24 dev full",
    "ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev full",
    "tc qdisc replace dev full root pfifo limit 0",
)
_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001


def in_namespace(work: Callable[[], Awaitable[T]], *setup: str) -> T:
    """Runs a coroutine function in a loop, thread and network namespace of its own, after shell
    commands have prepared that namespace."""
    if os.geteuid() != 0:
        pytest.skip("a network namespace of one's own needs root")

    def enter() -> None:
        if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")
        for command in ("ip link set lo up", *setup):
            subprocess.run(command, shell=True, check=True)  # noqa: S602

    return _elsewhere(enter, work)


def inside(namespace: str, work: Callable[[], Awaitable[T]]) -> T:
    """Runs a coroutine function in a loop and a thread that stand in a named namespace."""

    def enter() -> None:
        with Path(f"/run/netns/{namespace}").open("rb") as place:
            if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    return _elsewhere(enter, work)


def _elsewhere(enter: Callable[[], None], work: Callable[[], Awaitable[T]]) -> T:
    outcome: list[T] = []
    trouble: list[BaseException] = []

    def body() -> None:
        try:
            enter()
            outcome.append(asyncio.run(_bounded(work)))
        except BaseException as error:  # noqa: BLE001  (it is raised again in the test's thread)
            trouble.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if trouble:
        raise trouble[0]
    return outcome[0]


async def _bounded(work: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(15):
        return await work()


@contextmanager
def scripted_network(network: Network) -> Iterator[None]:
    """Routes 10.0.0.0/8 and fd00::/8 of this thread's namespace into a TUN device where
    `network` answers."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", b"wan", _IFF_TUN_NO_PI))
    for command in (
        "ip addr add 10.255.0.1/32 dev wan",
        "ip -6 addr add fd00::1/128 dev wan nodad",
        "ip link set wan up",
        "ip route add 10.0.0.0/8 dev wan",
        "ip -6 route add fd00::/8 dev wan",
    ):
        subprocess.run(command.split(), check=True)
    stopping = threading.Event()
    thread = threading.Thread(target=_serve, args=(device, network, stopping))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
        os.close(device)


def _serve(device: int, network: Network, stopping: threading.Event) -> None:
    waiting: list[tuple[float, bytes]] = []
    with selectors.DefaultSelector() as selector:
        selector.register(device, selectors.EVENT_READ)
        while not stopping.is_set():
            if selector.select(0.002):
                packet = os.read(device, 65536)
                waiting += [(time.monotonic() + after, it) for after, it in network(packet)]
            for entry in [entry for entry in waiting if entry[0] <= time.monotonic()]:
                waiting.remove(entry)
                os.write(device, entry[1])
