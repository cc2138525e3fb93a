"""Devices that want a dialogue at a prompt, over netmiko. Everything here blocks: it runs in a
worker thread."""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence
from contextlib import suppress

from collector.errors import SshError, SshTimeoutError
from collector.failure import Failure
from collector.ssh.login import Login
from collector.ssh.trust import changed_host_key, trust_file, unknown_host_key


class Line:
    """The connection under a dialogue, which another thread may cut at any time."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._cut = False

    def open(self, address: str, port: int, timeout_s: float) -> socket.socket:
        """A connected socket. Raises OSError, also when the line was cut before."""
        self._socket = socket.create_connection((address, port), timeout_s)
        if self._cut:
            self.cut()
        return self._socket

    def cut(self) -> None:
        """Ends the connection; whoever is waiting on it fails at once."""
        self._cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def run_commands(login: Login, commands: Sequence[str], line: Line, step_s: float) -> list[str]:
    """The answers to some commands, in one session; every step may take `step_s`. Raises
    SshError."""
    # Here, because netmiko with paramiko takes half a second and 40 MB to load.
    from netmiko import ConnectHandler
    from netmiko.exceptions import (
        NetmikoAuthenticationException,
        NetmikoBaseException,
        NetmikoTimeoutException,
        ReadTimeout,
    )
    from paramiko.ssh_exception import (  # type: ignore[import-untyped]
        BadHostKeyException,
        SSHException,
    )

    # Failures become samples; paramiko's own tracebacks would be repeated at every poll.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    credential = login.credential
    try:
        with (
            trust_file(login) as known_hosts,
            ConnectHandler(
                device_type=login.platform,
                host=login.address,
                port=login.port,
                sock=line.open(login.address, login.port, step_s),
                username=credential.username,
                password=credential.password or None,
                use_keys=bool(credential.key_file),
                key_file=credential.key_file or None,
                allow_agent=False,
                secret=credential.enable_password,
                ssh_strict=True,
                system_host_keys=False,
                alt_host_keys=True,
                alt_key_file=known_hosts,
                conn_timeout=step_s,
                banner_timeout=step_s,
                auth_timeout=step_s,
            ) as session,
        ):
            if credential.enable_password:
                session.enable()
            return [str(session.send_command(it, read_timeout=step_s)) for it in commands]
    except NetmikoAuthenticationException:
        raise SshError(
            Failure.AUTHENTICATION,
            f"{login.node}: {login.host} refuses credential {credential.id!r}",
        ) from None
    except BadHostKeyException:
        raise changed_host_key(login) from None
    except NetmikoTimeoutException as error:
        cause = error.__context__
        if isinstance(cause, BadHostKeyException):
            raise changed_host_key(login) from None
        if "not found in known_hosts" in str(cause):
            raise unknown_host_key(login) from None
        raise SshTimeoutError(f"{login.node}: {login.host} lets nobody in: {cause}") from None
    except ReadTimeout:
        detail = f"{login.node}: {login.host} shows no prompt of a {login.platform}"
        raise SshTimeoutError(detail) from None
    except (NetmikoBaseException, SSHException, EOFError, ValueError) as error:
        detail = f"{login.node}: SSH with {login.host} failed: {type(error).__name__}"
        raise SshError(Failure.GARBAGE, detail) from None
    except TimeoutError:
        raise SshTimeoutError(f"{login.node}: no connection to {login.host}") from None
    except OSError as error:
        detail = f"{login.node}: no connection to {login.host}: {error.strerror or error}"
        raise SshError(Failure.REFUSED, detail) from None
