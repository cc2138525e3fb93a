"""Host keys: a device whose key is not in the known_hosts file is not talked to."""

from __future__ import annotations

from pathlib import Path

from collector.errors import SshError
from collector.failure import Failure
from collector.ssh.login import Login


def require_known_hosts(login: Login) -> None:
    """Raises SshError when the file of trusted host keys cannot be read."""
    path = login.credential.known_hosts
    try:
        with Path(path).open("rb"):
            return
    except OSError as error:
        raise SshError(
            Failure.AUTHENTICATION,
            f"{login.node}: known_hosts file {path!r} cannot be read ({error.strerror}); "
            "no host is trusted without it",
        ) from None


def unknown_host_key(login: Login) -> SshError:
    """The error for a host that the file does not have."""
    keyscan = f"ssh-keyscan -p {login.port} {login.address}"
    return SshError(
        Failure.AUTHENTICATION,
        f"{login.node}: host key of {login.host} is not in {login.credential.known_hosts}; "
        f"compare what '{keyscan}' prints with the device's console and add it there",
    )


def changed_host_key(login: Login) -> SshError:
    """The error for a host that shows another key than the file has."""
    return SshError(
        Failure.AUTHENTICATION,
        f"{login.node}: host key of {login.host} is not the one in "
        f"{login.credential.known_hosts}; if the device was replaced, remove its old line there "
        "and add the new key, else somebody is standing in between",
    )
