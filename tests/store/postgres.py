"""A real PostgreSQL server of our own, on loopback, for as long as the tests last."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

PASSWORD = "p@ss:wörd/%"
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
fsync = off
shared_buffers = 16MB
max_connections = 40
"""


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    folder: Path

    def url(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://wan:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"


def program(name: str) -> str:
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)]
    path = shutil.which(name) or (str(found[0]) if found else None)
    if path is None:
        pytest.skip(f"PostgreSQL's {name} is not installed (Debian: postgresql)")
    return path


@contextmanager
def server() -> Iterator[Server]:
    """Skips where it cannot run, and says why."""
    for package in ("asyncpg", "greenlet"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"PostgreSQL needs the Python package {package}")
    initdb, postgres = program("initdb"), program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="wanwatch-pg-"))
    user = None
    if os.getuid() == 0:  # it refuses to run as root
        user = "postgres"
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    secret = folder / "password"
    secret.write_text(PASSWORD, "utf-8")
    secret.chmod(0o644)
    data = folder / "data"
    options = ("--username=wan", "--encoding=UTF8", "--no-sync", "--auth=scram-sha-256")
    command = [initdb, f"--pgdata={data}", *options, f"--pwfile={secret}"]
    subprocess.run(command, check=True, capture_output=True, user=user, timeout=60)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (data / "postgresql.auto.conf").write_text(SETTINGS.format(port=port))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([postgres, "-D", str(data)], user=user, stdout=log, stderr=log)
    try:
        yield Server(port, folder)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)
