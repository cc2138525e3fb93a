"""A network namespace of our own with a TUN device in it (as root, Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lab.errors import RefusedError

CLONE_NEWNET = 0x40000000  # linux/sched.h
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
QUEUE = 20_000  # packets; a sweep of the country arrives at once
MTU = 65_000  # nothing is fragmented
DEVICE = "wan"
FOLDER, PREFIX = Path("/run/netns"), "wanwatch-lab-"  # the lab's process id follows


def _ip(*arguments: str) -> None:
    """Run iproute2's `ip`. Raises LabError with its words."""
    try:
        subprocess.run(("ip", *arguments), check=True, capture_output=True, text=True)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise RefusedError("no_iproute2") from error
    except subprocess.CalledProcessError as error:
        command = " ".join(("ip", *arguments))
        raise RefusedError("ip_failed", command=command, reason=error.stderr.strip()) from error


@contextlib.contextmanager
def namespace() -> Iterator[str]:
    """The name of a new network namespace that is there while the body runs, with its loopback
    up. Those that killed labs left behind go. Raises LabError."""
    if os.geteuid() != 0:
        raise RefusedError("needs_root")
    for left in FOLDER.glob(f"{PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(PREFIX)).exists():
            _ip("netns", "del", left.name)
    name = f"{PREFIX}{os.getpid()}"
    _ip("netns", "add", name)
    try:
        _ip("-n", name, "link", "set", "lo", "up")
        yield name
    finally:
        _ip("netns", "del", name)


@contextlib.contextmanager
def inside(name: str) -> Iterator[None]:
    """This thread is in a namespace while the body runs; what it opens there stays there."""
    libc = ctypes.CDLL(None, use_errno=True)

    def enter(descriptor: int) -> None:
        if libc.setns(descriptor, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter the network namespace {name}")

    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(FOLDER / name, os.O_RDONLY)
    try:
        enter(there)
        try:
            yield
        finally:
            enter(home)
    finally:
        os.close(home)
        os.close(there)


def tun(name: str, address: str, networks: tuple[str, ...]) -> int:
    """A descriptor of the TUN device of a namespace, which has `address` and to which `networks`
    are routed. Raises LabError and OSError."""
    with inside(name):
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        request = struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI)
        fcntl.ioctl(descriptor, TUNSETIFF, request)
    _ip("-n", name, "address", "add", f"{address}/32", "dev", DEVICE)
    _ip("-n", name, "link", "set", DEVICE, "mtu", str(MTU), "txqueuelen", str(QUEUE), "up")
    for network in networks:
        _ip("-n", name, "route", "add", network, "dev", DEVICE, "src", address)
    return descriptor
