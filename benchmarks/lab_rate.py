"""How fast the lab answers: GETBULK of 82 variables from every node, v2c and v3 authPriv.

The lab runs in a process of its own and its CPU time is what is measured, so that the client
does not count. `python -m benchmarks.lab_rate`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import select
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from lab import ber, usm
from lab.country import build
from lab.main import LabInfo, serve
from lab.message import Secrets
from lab.nation import V2C, V3
from lab.write import secrets

SCALARS = [f"1.3.6.1.2.1.1.{n}" for n in range(1, 9)] + ["1.3.6.1.2.1.2.1", "1.3.6.1.2.1.25.1.1"]
COLUMNS = [f"1.3.6.1.2.1.2.2.1.{n}" for n in (7, 8, 13, 14, 19, 20)]
COLUMNS += [f"1.3.6.1.2.1.31.1.1.1.{n}" for n in (1, 6, 7, 10, 11, 18)]
ROWS = 6
IN_FLIGHT = 200
Request = tuple[bytes, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Rate:
    """Replies per second of the lab's CPU time, in a fleet that has been asked before."""

    replies_per_s: float
    first_sweep_s: float
    replies: int
    asked: int
    bytes_per_reply: float


def _lab(pipe: Connection, directory: str) -> None:
    def ready(info: LabInfo) -> None:
        pipe.send(info.port)

    asyncio.run(serve(Path(directory), http_port=0, ready=ready))


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _pdu(request_id: int) -> bytes:
    names = [ber.oid(ber.dotted(name)) + b"\x05\x00" for name in (*SCALARS, *COLUMNS)]
    bindings = ber.sequence(*(ber.tlv(ber.SEQUENCE, name) for name in names))
    numbers = ber.integer(len(SCALARS)) + ber.integer(ROWS)
    return ber.tlv(ber.GET_BULK, ber.integer(0x10000000 + request_id) + numbers + bindings)


def _v2c(shared: Secrets, targets: list[tuple[str, int]]) -> Iterator[Request]:
    for place, target in enumerate(targets):
        head = ber.integer(1) + ber.octets(shared.community)
        yield ber.sequence(head, _pdu(place)), target


def _v3(shared: Secrets, targets: list[tuple[str, int]], sock: socket.socket) -> Iterator[Request]:
    """Requests to engines that have been discovered."""
    user = shared.username.encode()
    for place, target in enumerate(targets):
        empty = usm.Engine(b"", shared.username, "unused-here", "unused-here")
        nothing = ber.sequence(ber.octets(b""), ber.octets(b""), _pdu(place))
        sock.sendto(empty.sealed(place, usm.REPORTABLE, b"", nothing), target)
        select.select([sock], [], [], 5)
        data = sock.recv(65_535)
        at, end = ber.expect(ber.SEQUENCE, data, 0, len(data))
        report = usm.parse(data, at + 3, end)
        engine = usm.Engine(
            report.engine, shared.username, shared.auth_passphrase, shared.priv_passphrase
        )
        engine.boots, engine.time = report.boots, report.time
        scoped = ber.sequence(ber.octets(report.engine), ber.octets(b""), _pdu(place))
        yield engine.sealed(place, usm.AUTH | usm.PRIV | usm.REPORTABLE, user, scoped), target


def _sweep(sock: socket.socket, requests: list[Request]) -> tuple[int, int]:
    """(replies, bytes) to all requests, of which never more than IN_FLIGHT are open."""
    replies = size = open_now = 0
    waiting = iter(requests)
    ended = False
    while not ended or open_now:
        while open_now < IN_FLIGHT and not ended:
            request = next(waiting, None)
            if request is None:
                ended = True
            else:
                sock.sendto(*request)
                open_now += 1
        if not select.select([sock], [], [], 1.0)[0]:
            break
        while True:
            try:
                size += len(sock.recv(65_535))
            except BlockingIOError:
                break
            replies += 1
            open_now -= 1
    return replies, size


def measure(runs: int = 5) -> tuple[dict[str, Rate], float]:
    """Rates by version, and the lab's memory in MB after all nodes were asked everything."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as directory, socket.socket(type=socket.SOCK_DGRAM) as sock:
        lab = context.Process(target=_lab, args=(theirs, directory), daemon=True)
        lab.start()
        try:
            port, pid = ours.recv(), lab.pid or 0
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            sock.setblocking(False)
            shared = secrets(Path(directory))
            nodes = build().inventory.nodes.values()
            targets = {
                version: [(node.address, port) for node in nodes if node.credential == version]
                for version in (V2C, V3)
            }
            requests = {
                V2C: list(_v2c(shared, targets[V2C])),
                V3: list(_v3(shared, targets[V3], sock)),
            }
            rates = {name: _rate(sock, pid, asked, runs) for name, asked in requests.items()}
            return rates, _memory_mb(pid)
        finally:
            lab.terminate()
            lab.join(5)


def _rate(sock: socket.socket, pid: int, requests: list[Request], runs: int) -> Rate:
    before = _cpu_s(pid)
    _sweep(sock, requests)
    first_s = _cpu_s(pid) - before
    rates = []
    replies = size = 0
    for _ in range(runs):
        before, started = _cpu_s(pid), time.monotonic()
        repeats = max(1, 10_000 // len(requests))  # CPU time is counted in hundredths of a second
        replies, size = _sweep(sock, requests * repeats)
        rates.append(replies / max(_cpu_s(pid) - before, 0.01))
        if time.monotonic() - started > 30:
            break
    asked = len(requests) * max(1, 10_000 // len(requests))
    return Rate(median(rates), first_s, replies, asked, size / max(replies, 1))


def main() -> None:
    rates, memory_mb = measure()
    for version, rate in rates.items():
        print(
            f"{version}: {rate.replies_per_s:,.0f} replies of {rate.bytes_per_reply:,.0f} bytes per"
            f" second of CPU ({rate.replies} of {rate.asked} answered;"
            f" first sweep {rate.first_sweep_s:.2f} s of CPU)"
        )
    print(f"memory of the lab: {memory_mb:.0f} MB")


if __name__ == "__main__":
    main()
