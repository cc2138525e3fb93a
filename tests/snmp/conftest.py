"""A real agent: Debian's snmpd on a free loopback port, one for the whole run of this folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.snmp.engine import SnmpEngine
from collector.snmp.target import Target
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version

PASSPHRASE, PRIV_PASSPHRASE = "correct horse battery", "staple of privacy"
AUTHS = {
    AuthProtocol.MD5: "MD5",
    AuthProtocol.SHA: "SHA",
    AuthProtocol.SHA224: "SHA-224",
    AuthProtocol.SHA256: "SHA-256",
    AuthProtocol.SHA384: "SHA-384",
    AuthProtocol.SHA512: "SHA-512",
}
PRIVS = {
    PrivProtocol.DES: "DES",
    PrivProtocol.AES: "AES",
    PrivProtocol.AES192: "AES-192",
    PrivProtocol.AES256: "AES-256",
    PrivProtocol.AES192C: "AES-192-C",
    PrivProtocol.AES256C: "AES-256-C",
}


@dataclass(frozen=True, slots=True)
class Snmpd:
    """`address` is one of 127.0.0.0/8: the agent answers on all of them."""

    port: int
    pid: int

    def target(self, credential: SnmpCredential, address: str = "127.0.0.1") -> Target:
        return Target("router-1", address, self.port, credential, timeout_s=1.0, retries=1)


def free_port() -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    assert isinstance(port, int)
    return port


def configuration() -> str:
    """Users `SHA-AES` and so on, for every pair of protocols, plus `SHA-` without privacy."""
    lines = [
        "rocommunity public",
        "rocommunity6 public",
        "sysName snmpd-under-test",
        "sysLocation Hà Nội",
        "rouser open noauth",
    ]
    lines.append("createUser open")
    for auth, name in AUTHS.items():
        lines += [f"createUser {auth}- {name} '{PASSPHRASE}'", f"rouser {auth}- auth"]
        for priv, kind in PRIVS.items():
            user = f"{auth}-{priv}"
            lines.append(f"createUser {user} {name} '{PASSPHRASE}' {kind} '{PRIV_PASSPHRASE}'")
            lines.append(f"rouser {user} priv")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    program = shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin")
    if program is None:
        pytest.skip("needs the program snmpd (apt install snmpd)")
    folder = tmp_path_factory.mktemp("snmpd")
    (folder / "snmpd.conf").write_text(configuration(), encoding="utf-8")
    port = free_port()
    command = [program, "-f", "-Lf", str(folder / "log"), "-C", "-c", str(folder / "snmpd.conf")]
    process = subprocess.Popen(
        [*command, f"udp:0.0.0.0:{port}", f"udp6:[::1]:{port}"],
        env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(port, folder / "log")
        yield Snmpd(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(5)


def wait_until_it_answers(port: int, log: Path) -> None:
    request = bytes.fromhex(
        "302602010104067075626c6963a019020101020100020100300e300c06082b060102010103000500"
    )
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.1)
        sock.connect(("127.0.0.1", port))
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                sock.send(request)
                sock.recv(65_535)
                return
            except OSError:
                time.sleep(0.05)
    pytest.fail(f"snmpd does not answer: {log.read_text()[-500:]}")


@pytest.fixture
async def engine() -> AsyncIterator[SnmpEngine]:
    async with SnmpEngine() as engine:
        yield engine


def community(version: Version = Version.V2C, name: str = "public") -> SnmpCredential:
    return SnmpCredential("lab", version, community=name)
