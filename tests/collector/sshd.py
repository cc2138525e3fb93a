"""A real OpenSSH server on a free loopback port, with keys of its own."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.ssh.login import Login
from configs.credentials import SshCredential
from configs.inventory import CliStyle

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Server:
    port: int
    folder: Path

    def login(self, style: CliStyle, *, platform: str = "linux", **changes: str) -> Login:
        fields = {
            "id": "linux-key",
            "username": getpass.getuser(),
            "known_hosts": str(self.folder / "known_hosts"),
            "key_file": str(self.folder / "user_key"),
        } | changes
        return Login("web1", ADDRESS, self.port, style, platform, SshCredential(**fields))


def keygen(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)


def trust(known_hosts: Path, port: int, public_key: Path) -> None:
    kind, key, *_ = public_key.read_text().split()
    known_hosts.write_text(f"[{ADDRESS}]:{port} {kind} {key}\n")


@contextmanager
def sshd(folder: Path) -> Iterator[Server]:
    """Skips the test where sshd is not installed."""
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
    if program is None:
        pytest.skip("sshd is not installed (openssh-server)")
    Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host_key", "user_key"):
        keygen(folder / name)
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port = int(probe.getsockname()[1])
    trust(folder / "known_hosts", port, folder / "host_key.pub")
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress {ADDRESS}\nHostKey {folder}/host_key\n"
        f"AuthorizedKeysFile {folder}/user_key.pub\nPermitRootLogin yes\nUsePAM no\n"
        "PasswordAuthentication no\nStrictModes no\nPidFile none\n"
    )
    process = subprocess.Popen([program, "-D", "-e", "-f", config], stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield Server(port, folder)
    finally:
        process.terminate()
        process.wait(5)


def _wait(port: int) -> None:
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection((ADDRESS, port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return
