"""How the daemon keeps small and quick: one heap, few collections, short thread turns; and how
many files it may have open."""

from __future__ import annotations

import ctypes
import gc
import resource
import sys

M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -8, -3, -1  # mallopt(3)
LARGE = 256 << 10
SWITCH_S = 0.001
DESCRIPTORS = 8192


def settle_memory() -> None:
    """Makes glibc use one heap for all threads, and give large pieces back to the system when they
    are freed; where there is no mallopt nothing changes.

    Every thread that ever allocates (SSH dialogues, the store) otherwise gets a heap of its own,
    which never shrinks: 60 MB of a national daemon. And left to itself, glibc takes pieces from the
    heap that are as large as any that was ever freed, and finds no end of the heap to give back.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_TRIM_THRESHOLD, LARGE)


def settle_descriptors() -> None:
    """Asks for as many descriptors as the system grants, up to DESCRIPTORS: where it says nothing,
    services begin with 1,024, and each scrape that waits for a device is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def settle_interpreter() -> None:
    """To be called once everything is built: what lives as long as the daemon is never looked at
    by the garbage collector again, and threads give the loop its turn back sooner."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(SWITCH_S)
