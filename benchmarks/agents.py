"""Who is asked in the sweep's measurements, what is asked of them, and snmp_exporter beside us."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from collector.snmp.target import Target
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from configs.module import Index, Metric, Module
from lab.country import build
from lab.main import LabInfo, serve
from lab.nation import V2C, V3
from lab.write import secrets

ADDRESSES = 3_400
TEXTS = {1, 2, 4, 5, 6}
SCALARS = [f"1.3.6.1.2.1.1.{n}" for n in range(1, 9)] + ["1.3.6.1.2.1.2.1", "1.3.6.1.2.1.25.1.1"]
COLUMNS = [f"1.3.6.1.2.1.2.2.1.{n}" for n in (7, 8, 13, 14, 19, 20)]
COLUMNS += [f"1.3.6.1.2.1.31.1.1.1.{n}" for n in (1, 6, 7, 10, 11, 18)]
IF_INDEX = (Index("ifIndex", "gauge"),)
PASSPHRASE, PRIV_PASSPHRASE = "benchmark authentication", "benchmark privacy"
PUBLIC = SnmpCredential("v2c", Version.V2C, community="public")
PRIVATE = SnmpCredential(
    "v3",
    Version.V3,
    username="bench",
    auth_protocol=AuthProtocol.SHA,
    auth_passphrase=PASSPHRASE,
    priv_protocol=PrivProtocol.AES,
    priv_passphrase=PRIV_PASSPHRASE,
)


def module() -> Module:
    scalars = [
        Metric(f"scalar{n}", oid, "DisplayString" if n in TEXTS else "gauge")
        for n, oid in enumerate(SCALARS, 1)
    ]
    columns = [
        Metric(
            f"column{n}",
            oid,
            "DisplayString" if oid.endswith((".31.1.1.1.1", ".31.1.1.1.18")) else "counter",
            indexes=IF_INDEX,
        )
        for n, oid in enumerate(COLUMNS, 1)
    ]
    return Module(
        "sweep", tuple(COLUMNS), tuple(f"{oid}.0" for oid in SCALARS), (*scalars, *columns)
    )


def targets(credential: SnmpCredential, port: int, timeout_s: float = 5.0) -> list[Target]:
    return [
        Target(f"n{n}", f"127.1.{n // 250}.{n % 250 + 1}", port, credential, timeout_s, 1)
        for n in range(ADDRESSES)
    ]


@contextmanager
def exporter(folder: Path, modules: str) -> Iterator[tuple[int, int]]:
    """(HTTP port, process id) of Debian's prometheus-snmp-exporter with these modules."""
    config = folder / "snmp.yml"
    config.write_text(modules, "utf-8")
    port = free_port(socket.SOCK_STREAM)
    process = subprocess.Popen(
        [
            "prometheus-snmp-exporter",
            f"--config.file={config}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ]
    )
    try:
        for _ in range(100):
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(5)


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(type=kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def snmpd(folder: Path) -> Iterator[int]:
    """The port of a real agent on every address of 127.0.0.0/8."""
    port = free_port()
    (folder / "snmpd.conf").write_text(
        "[snmp] serverRecvBuf 4000000\n[snmp] serverSendBuf 4000000\n[snmpd]\n"
        "rocommunity public\nrouser bench priv\n"
        f"createUser bench SHA '{PASSPHRASE}' AES '{PRIV_PASSPHRASE}'\n"
    )
    program = shutil.which("snmpd", path=os.environ.get("PATH", "") + ":/usr/sbin") or "snmpd"
    process = subprocess.Popen(
        [program, "-f", "-Lf", "/dev/null", "-C", "-c", "snmpd.conf", f"udp:0.0.0.0:{port}"],
        cwd=folder,
        env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""},
    )
    try:
        time.sleep(1.5)
        yield port
    finally:
        process.terminate()
        process.wait(5)


@contextmanager
def silence() -> Iterator[int]:
    """A port that takes everything and never answers, as a dead node does."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("0.0.0.0", 0))  # noqa: S104  all of 127.0.0.0/8, in a namespace of our own
        yield int(sock.getsockname()[1])


def _lab(pipe: Connection, directory: str) -> None:
    def ready(info: LabInfo) -> None:
        pipe.send(info.port)

    asyncio.run(serve(Path(directory), http_port=0, ready=ready))


@contextmanager
def lab(folder: Path) -> Iterator[dict[str, list[Target]]]:
    """The lab's nodes by version, each with the lab's own credentials."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_lab, args=(theirs, str(folder)), daemon=True)
    process.start()
    try:
        port = ours.recv()
        shared = secrets(folder)
        credentials = {
            V2C: replace(PUBLIC, community=shared.community),
            V3: replace(
                PRIVATE,
                username=shared.username,
                auth_passphrase=shared.auth_passphrase,
                priv_passphrase=shared.priv_passphrase,
            ),
        }
        nodes = build().inventory.nodes.values()
        yield {
            version.removeprefix("fleet-"): [
                Target(node.id, node.address, port, credential, 5.0, 1)
                for node in nodes
                if node.credential == version
            ]
            for version, credential in credentials.items()
        }
    finally:
        process.terminate()
        process.join(5)
