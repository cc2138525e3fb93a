"""Hosts that run one command per channel, over asyncssh."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Sequence
from typing import Any

from collector.errors import SshError, SshTimeoutError
from collector.failure import Failure
from collector.ssh.login import Login
from collector.ssh.trust import changed_host_key, trusted, unknown_host_key

_MOST_CHARACTERS = 1 << 20  # of one answer; the rest is not read


async def run_commands(login: Login, commands: Sequence[str]) -> list[str]:
    """The answers to some commands, over a connection of their own. Raises SshError; its caller
    sets the deadline."""
    # In a thread, because the import takes a third of a second that the loop has not got.
    asyncssh = await asyncio.to_thread(_library)
    known_hosts = asyncssh.import_known_hosts(await asyncio.to_thread(trusted, login))
    try:
        async with asyncssh.connect(
            login.address,
            login.port,
            username=login.credential.username,
            password=login.credential.password or None,
            client_keys=_keys(asyncssh, login),
            known_hosts=known_hosts,
            # Only what the configuration says: no agent, no files of whoever runs the monitor.
            agent_path=None,
            config=None,
            gss_host=None,
        ) as connection:
            return [await _run(asyncssh, connection, command) for command in commands]
    except asyncssh.HostKeyNotVerifiable:
        raise _untrusted(known_hosts, login) from None
    except asyncssh.PermissionDenied:
        raise SshError(
            Failure.AUTHENTICATION,
            f"{login.node}: {login.host} refuses credential {login.credential.id!r}",
        ) from None
    except asyncssh.Error as error:
        detail = f"{login.node}: SSH with {login.host} failed: {error.reason}"
        raise SshError(Failure.GARBAGE, detail) from None
    except TimeoutError:
        raise SshTimeoutError(f"{login.node}: no connection to {login.host}") from None
    except OSError as error:
        detail = f"{login.node}: no connection to {login.host}: {error.strerror or error}"
        raise SshError(Failure.REFUSED, detail) from None


def _library() -> Any:
    asyncssh = importlib.import_module("asyncssh")
    logging.getLogger("asyncssh").setLevel(logging.WARNING)  # not a line per session
    return asyncssh


def _keys(asyncssh: Any, login: Login) -> list[Any] | None:
    path = login.credential.key_file
    if not path:
        return None
    try:
        return [asyncssh.read_private_key(path)]
    except (OSError, asyncssh.KeyImportError) as error:
        detail = f"{login.node}: key file {path!r} cannot be used: {error}"
        raise SshError(Failure.AUTHENTICATION, detail) from None


async def _run(asyncssh: Any, connection: Any, command: str) -> str:
    process = await connection.create_process(
        command, stdin=asyncssh.DEVNULL, stderr=asyncssh.DEVNULL, errors="replace"
    )
    parts: list[str] = []
    left = _MOST_CHARACTERS
    try:
        while left and (part := await process.stdout.read(left)):  # what has come, not all of it
            parts.append(part)
            left -= len(part)
    finally:
        process.close()
    return "".join(parts)


def _untrusted(known_hosts: Any, login: Login) -> SshError:
    known = known_hosts.match(login.address, login.address, login.port)
    return changed_host_key(login) if any(known) else unknown_host_key(login)
