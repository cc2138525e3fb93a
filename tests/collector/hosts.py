"""Hosts that run lldpd and snmpd, each in a network namespace of its own, joined by real cables
(pairs of virtual Ethernet ports); root only."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from tests.collector.namespace import inside

T = TypeVar("T")

PROGRAMS = {"ip": "iproute2", "snmpd": "snmpd", "lldpd": "lldpd", "lldpcli": "lldpd"}
READY_S = 10.0
CONFIGURATION = """rocommunity public
sysName {name}
master agentx
agentXSocket {folder}/agentx
agentXPerms 0777 0777
"""


@dataclass
class Host:
    """`name` is also what it calls itself."""

    name: str
    folder: Path
    started: ExitStack = field(default_factory=ExitStack)

    @property
    def namespace(self) -> str:
        return f"ww{os.getpid()}-{self.name}"

    def start(self) -> None:
        """Has agent and daemon run until `started` is closed."""
        self.folder.mkdir()
        self.folder.chmod(0o777)  # lldpd gives its rights up
        run("ip", "netns", "add", self.namespace)
        self.started.callback(run, "ip", "netns", "del", self.namespace)
        run("ip", "-n", self.namespace, "link", "set", "lo", "up")
        configuration = self.folder / "snmpd.conf"
        configuration.write_text(CONFIGURATION.format(name=self.name, folder=self.folder))
        log = self.folder / "snmpd.log"
        agent = ("snmpd", "-f", "-Lf", f"{log}", "-C", "-c", f"{configuration}")
        self._keep_running(*agent, "udp:127.0.0.1:161")
        wait_for(self.folder / "agentx")
        socket = self.folder / "lldpd"
        agentx = ("-x", "-X", f"{self.folder}/agentx")
        self._keep_running("lldpd", "-d", *agentx, "-u", f"{socket}", "-I", "p*", "-O", "/dev/null")
        wait_for(socket)
        for order in (f"system hostname {self.name}", "lldp tx-interval 1", "lldp tx-hold 2"):
            run("lldpcli", "-u", f"{socket}", "configure", *order.split())
        run("lldpcli", "-u", f"{socket}", "resume")

    def _keep_running(self, *command: str) -> None:
        process = subprocess.Popen(
            ("ip", "netns", "exec", self.namespace, *command),
            env={**os.environ, "SNMP_PERSISTENT_DIR": f"{self.folder}", "MIBS": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.started.callback(process.wait, READY_S)
        self.started.callback(process.terminate)

    def inside(self, work: Callable[[], Awaitable[T]]) -> T:
        """Runs a coroutine function in a loop and a thread that stand where this host does."""
        return inside(self.namespace, work)


@contextmanager
def hosts(folder: Path, *names: str) -> Iterator[dict[str, Host]]:
    """Running hosts by name, without a cable. Skips the test where they cannot run."""
    if os.geteuid() != 0:
        pytest.skip("hosts in network namespaces need root")
    for program, package in PROGRAMS.items():
        if shutil.which(program) is None:
            pytest.skip(f"needs the program {program} (apt install {package})")
    made = {name: Host(name, folder / name) for name in names}
    with ExitStack() as all_of_them:
        for host in made.values():
            all_of_them.enter_context(host.started)
            host.start()
        yield made


def plug(a: Host, a_port: str, b: Host, b_port: str) -> None:
    """A cable between two ports that are not there yet; their names begin with `p`."""
    ends = ("netns", a.namespace, "type", "veth", "peer", "name", b_port, "netns", b.namespace)
    run("ip", "link", "add", a_port, *ends)
    for host, port in ((a, a_port), (b, b_port)):
        run("ip", "-n", host.namespace, "link", "set", port, "up")


def unplug(host: Host, port: str) -> None:
    """Pulls the cable at this port out of both its ends."""
    run("ip", "-n", host.namespace, "link", "del", port)


def switch_off(host: Host, port: str) -> None:
    run("ip", "-n", host.namespace, "link", "set", port, "down")


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)


def wait_for(path: Path) -> None:
    until = time.monotonic() + READY_S
    while not path.exists():
        if time.monotonic() > until:
            pytest.fail(f"{path} does not appear")
        time.sleep(0.02)
