"""Reachability over SSH: does an SSH server answer at that port? Nobody logs in."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from collector.failure import Failure
from collector.sample import Reach
from configs.inventory import Reachability

_MOST_LINES = 20  # a server may say something before its version, RFC 4253 §4.2
_LINE_BYTES = 1024
_NO_ROOM = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))


async def look(
    node: str, address: str, port: int, timeout_s: float, clock: Callable[[], float]
) -> Reach:
    """One look: connect and wait for the server's version. `rtt_s` is the time to connect. What
    this machine has no room for is no look."""
    asked = True
    rtt_s: float | None = None
    writer: asyncio.StreamWriter | None = None
    failure, detail = Failure.GARBAGE, f"port {port} does not speak SSH"
    started = clock()
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(address, port, limit=_LINE_BYTES)
            rtt_s = clock() - started
            for _ in range(_MOST_LINES):
                line = await reader.readline()
                if line.startswith(b"SSH-"):
                    return Reach(node, clock(), Reachability.SSH, True, rtt_s, asked_at=started)
                if not line:
                    break
    except TimeoutError:
        failure, detail = Failure.TIMEOUT, ""
    except ValueError:
        pass  # a line without an end
    except OSError as error:
        asked = error.errno not in _NO_ROOM
        failure, detail = Failure.REFUSED, f"port {port}: {(error.strerror or str(error)).lower()}"
    finally:
        if writer is not None:
            with suppress(OSError):
                writer.close()
    missed = unanswered(node, clock(), failure, detail)
    return replace(missed, asked_at=started, refused=not asked)


def unanswered(node: str, at: float, failure: Failure, detail: str = "") -> Reach:
    """A look that found no SSH server."""
    return Reach(node, at, Reachability.SSH, False, loss_ratio=1.0, failure=failure, detail=detail)
