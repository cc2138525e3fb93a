"""The fleet's SSH servers: one listening socket, told apart by the address that was called."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import socket
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache

import asyncssh
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from configs.inventory import CliStyle, Node
from lab import ios, linux
from lab.faults import Picture
from lab.fleet import Fleet
from lab.message import Secrets
from lab.terminal import Terminal

HANG_S = 60.0  # how long a caller of a silent node is left waiting, unless it hangs up
LOGIN_S = 20.0
Whom = Callable[[socket.socket], str]


def host_key(shared: Secrets, node: str) -> asyncssh.SSHKey:
    """A node's host key: the same at every start, known to nobody without the lab's secret."""
    seed = hmac.digest(shared.host_key_seed.encode(), node.encode(), hashlib.sha256)
    pem = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    )
    return asyncssh.import_private_key(pem)


def known_hosts(shared: Secrets, nodes: Iterable[Node]) -> str:
    """The host keys of all nodes that have SSH, as OpenSSH's known_hosts has them."""
    lines = []
    for node in nodes:
        if node.ssh:
            host = node.address if node.ssh.port == 22 else f"[{node.address}]:{node.ssh.port}"
            key = host_key(shared, node.id).export_public_key("openssh").decode().strip()
            lines.append(f"{host} {key}\n")
    return "".join(lines)


class _Login(asyncssh.SSHServer):
    """Asks for the fleet's password."""

    def __init__(self, shared: Secrets) -> None:
        self._shared = shared

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        user = hmac.compare_digest(username.encode(), self._shared.ssh_username.encode())
        right = hmac.compare_digest(password.encode(), self._shared.ssh_password.encode())
        return user and right


class Ssh:
    """Serves every node of the fleet that has SSH. A silent one lets its callers hang."""

    def __init__(self, fleet: Fleet, sock: socket.socket, whom: Whom) -> None:
        self._fleet = fleet
        self._sock = sock
        self._whom = whom
        self._nodes = {
            node.address: node for node in fleet.nation.inventory.nodes.values() if node.ssh
        }
        self._open: dict[str, set[asyncssh.SSHServerConnection]] = defaultdict(set)
        self._options = cache(self._make_options)
        sock.setblocking(False)

    async def run(self) -> None:
        """Take calls until cancelled, then hang up on all."""
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as calls:
            while True:
                client, _ = await loop.sock_accept(self._sock)
                calls.create_task(self._call(client))

    def apply(self, picture: Picture) -> None:
        """Cut the connections of nodes that cannot be reached any more."""
        for node, connections in self._open.items():
            if node not in picture.reached:
                for connection in connections:
                    connection.abort()

    async def _call(self, client: socket.socket) -> None:
        node = self._nodes.get(self._whom(client))
        with client, contextlib.suppress(OSError, asyncssh.Error):
            if node is None:
                return
            if self._fleet.is_silent(node):
                await asyncio.sleep(HANG_S)
                return
            async with asyncio.timeout(LOGIN_S):
                connection = await asyncssh.run_server(client, options=self._options(node.id))
            self._open[node.id].add(connection)
            try:
                await connection.wait_closed()
            finally:
                self._open[node.id].discard(connection)
                connection.abort()

    def _make_options(self, node: str) -> asyncssh.SSHServerConnectionOptions:
        """How a node talks; built once, since it costs milliseconds."""

        async def talk(process: asyncssh.SSHServerProcess[str]) -> None:
            await self._talk(node, process)

        shared = self._fleet.secrets
        return asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: _Login(shared),
            server_host_keys=[host_key(shared, node)],
            process_factory=talk,
            line_editor=False,
            agent_forwarding=False,
            login_timeout=LOGIN_S,
        )

    async def _talk(self, name: str, process: asyncssh.SSHServerProcess[str]) -> None:
        """One session: a command, or a dialogue."""
        node, device, clock = (
            self._fleet.nation.inventory.nodes[name],
            self._fleet.device(name),
            self._fleet.clock,
        )
        with contextlib.suppress(asyncssh.BreakReceived, asyncssh.TerminalSizeChanged, OSError):
            terminal = Terminal(process)
            status = 0
            if node.ssh and node.ssh.style is CliStyle.PROMPT:
                if process.command is None:
                    await ios.dialogue(terminal, device, clock, self._fleet.secrets.enable_password)
                else:
                    status = ios.command(terminal, device, process.command, clock.now())
            elif process.command is None:
                while line := await _shell_line(terminal, device.node.id):
                    terminal.write(linux.run(device, line, clock.now())[0])
            else:
                text, status = linux.run(device, process.command, clock.now())
                process.stdout.write(text)
            await terminal.flush()
            process.exit(status)


async def _shell_line(terminal: Terminal, name: str) -> str:
    """The next line at a shell's prompt, empty when the user leaves."""
    while True:
        terminal.write(f"{name}:~$ ")
        line = await terminal.line()
        if line is None or line.strip() in ("exit", "logout"):
            return ""
        if line.strip():
            return line


def called(client: socket.socket) -> str:
    """The address that was called."""
    address: str = client.getsockname()[0]
    return address
