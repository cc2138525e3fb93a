"""How the daemon keeps small and quick: one heap, few collections, short thread turns."""

from __future__ import annotations

import ctypes
import gc
import sys

M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -8, -3, -1  # mallopt(3)
LARGE = 256 << 10
SWITCH_S = 0.001


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


def settle_interpreter() -> None:
    """To be called once everything is built: what lives as long as the daemon is never looked at
    by the garbage collector again, and threads give the loop its turn back sooner."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(SWITCH_S)
