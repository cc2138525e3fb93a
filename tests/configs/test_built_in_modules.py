"""Our own modules, asked of a real agent by the real snmp_exporter."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from configs.modulefile import BUILT_IN, built_in_modules

AGENT = """\
rocommunity public
sysServices 72
sysLocation Hà Nội
sysContact noc@example.vn
"""


def program(name: str, package: str) -> str:
    """The path of a program; skips the test where it is not installed."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (Debian package {package})")
    return found


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(type=kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def running(*command: str, **variables: str) -> Iterator[None]:
    """A process that is stopped again."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[int]:
    """The port of a real agent."""
    conf = tmp_path / "snmpd.conf"
    conf.write_text(AGENT, "utf-8")
    port = free_port(socket.SOCK_DGRAM)
    log = str(tmp_path / "log")
    command = (program("snmpd", "snmpd"), "-f", "-Lf", log, "-C", "-c", str(conf))
    with running(*command, f"udp:127.0.0.1:{port}", SNMP_PERSISTENT_DIR=str(tmp_path), MIBS=""):
        yield port


def until_answered(url: str) -> str:
    """What is served at `url` once it is served."""
    deadline = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(url, timeout=8) as answer:  # noqa: S310
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_the_real_exporter_gets_every_metric_of_our_module_from_a_real_agent(
    agent: int, tmp_path: Path
) -> None:
    exporter = program("prometheus-snmp-exporter", "prometheus-snmp-exporter")
    text = (BUILT_IN / "wan.yml").read_text("utf-8").partition("modules:\n")[2]
    file = tmp_path / "wan.yml"
    file.write_text(textwrap.dedent(text), "utf-8")  # Debian's is 0.21: modules at the top
    port = free_port(socket.SOCK_STREAM)
    listen = f"--web.listen-address=127.0.0.1:{port}"
    url = f"http://127.0.0.1:{port}/snmp?module=wan&target=127.0.0.1:{agent}"
    with running(exporter, f"--config.file={file}", listen):
        served = until_answered(url)
    wan = built_in_modules()["wan"]
    found = set(re.findall(r"^([a-z]\w+)[{ ]", served, re.MULTILINE))
    assert found - {name for name in found if name.startswith("snmp_scrape_")} == {
        metric.name for metric in wan.metrics
    }
    assert re.search(r'^ifHCInOctets\{ifAlias="",ifIndex="1",ifName="lo"\} ', served, re.MULTILINE)
    assert re.search(r'^sysLocation\{sysLocation="Hà Nội"\} 1$', served, re.MULTILINE)
