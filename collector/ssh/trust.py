"""Host keys: a device whose key is not in the known_hosts file is not talked to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.errors import SshError
from collector.failure import Failure
from collector.ssh.login import Login

PATTERN = frozenset("@|*?!/")  # markers, hashes and wildcards (sshd(8), SSH_KNOWN_HOSTS)


def trusted(login: Login) -> str:
    """What the file of trusted host keys says of a host: its own lines, and those of patterns and
    hashes. Both libraries read all that they are given at every login; of thousands of hosts that
    took one of them a second. Raises SshError when the file cannot be read."""
    path = login.credential.known_hosts
    names = {login.host, login.address}
    try:
        lines = Path(path).read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise SshError(
            Failure.AUTHENTICATION,
            f"{login.node}: known_hosts file {path!r} cannot be read ({error.strerror}); "
            "no host is trusted without it",
        ) from None
    return "".join(f"{line}\n" for line in lines if _may_be_of(line.lstrip(), names))


def _may_be_of(line: str, names: set[str]) -> bool:
    hosts = line.split(None, 1)[0] if line else ""
    return hosts in names or not PATTERN.isdisjoint(hosts) or not names.isdisjoint(hosts.split(","))


@contextmanager
def trust_file(login: Login) -> Iterator[str]:
    """The path of a file, in memory, of what is `trusted`. Raises SshError."""
    lines = trusted(login)
    with os.fdopen(os.memfd_create("known_hosts"), "w", encoding="utf-8") as file:
        file.write(lines)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}"


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
