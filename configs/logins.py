"""Credentials: the declared ones joined with their secrets, by the rules of their protocols."""

from __future__ import annotations

from collections.abc import Iterator

from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, SshCredential, Version
from configs.document import Document
from configs.problem import Problem
from configs.secret import Vault
from configs.settings import Settings, SnmpAuth

SHORTEST_PASSPHRASE = 8  # RFC 3414 §11.2
LONGEST_USERNAME = 32  # bytes; RFC 3414 §5, usmUserName


def snmp_credentials(settings: Settings, vault: Vault) -> dict[str, SnmpCredential]:
    """The SNMP credentials by id, with their secrets."""
    return {
        name: SnmpCredential(
            id=name,
            version=Version(auth.version),
            community=vault.get("credentials", "snmp", name, "community"),
            username=auth.username,
            auth_protocol=AuthProtocol(auth.auth_protocol) if auth.auth_protocol else None,
            auth_passphrase=vault.get("credentials", "snmp", name, "auth_passphrase"),
            priv_protocol=PrivProtocol(auth.priv_protocol) if auth.priv_protocol else None,
            priv_passphrase=vault.get("credentials", "snmp", name, "priv_passphrase"),
            context=auth.context,
        )
        for name, auth in settings.credentials.snmp.items()
    }


def ssh_credentials(settings: Settings, vault: Vault) -> dict[str, SshCredential]:
    """The SSH credentials by id, with their secrets."""
    return {
        name: SshCredential(
            id=name,
            username=auth.username,
            known_hosts=str(auth.known_hosts),
            password=vault.get("credentials", "ssh", name, "password"),
            key_file=str(auth.key_file) if auth.key_file else "",
            enable_password=vault.get("credentials", "ssh", name, "enable_password"),
        )
        for name, auth in settings.credentials.ssh.items()
    }


def login_problems(settings: Settings, vault: Vault, main: Document) -> Iterator[Problem]:
    """Credentials with which nobody could log in."""
    for name, auth in settings.credentials.snmp.items():
        at = ("credentials", "snmp", name)
        if auth.version != "3":
            yield from _community_problems(auth, main, at)
            continue
        if not auth.username:
            yield main.problem(at, "v3_needs_username")
        size = len(auth.username.encode())
        if size > LONGEST_USERNAME:
            where = (*at, "username")
            yield main.problem(where, "v3_username_long", size=size, most=LONGEST_USERNAME)
        for kind in ("auth", "priv"):
            protocol = getattr(auth, f"{kind}_protocol")
            if (protocol is None) != (getattr(auth, f"{kind}_passphrase") is None):
                yield main.problem(at, "v3_incomplete", kind=kind)
            where = (*at, f"{kind}_passphrase")
            if where in vault and len(vault.get(*where)) < SHORTEST_PASSPHRASE:
                yield main.problem(where, "v3_short", least=SHORTEST_PASSPHRASE)
        if auth.priv_protocol and not auth.auth_protocol:
            yield main.problem((*at, "priv_protocol"), "v3_priv_needs_auth")
    for name, login in settings.credentials.ssh.items():
        if login.password is None and login.key_file is None:
            yield main.problem(("credentials", "ssh", name), "ssh_needs_secret")


def _community_problems(auth: SnmpAuth, main: Document, at: tuple[str, ...]) -> Iterator[Problem]:
    if auth.community is None:
        yield main.problem(at, "community_wanted", version=auth.version)
    for key in ("username", "auth_protocol", "auth_passphrase", "priv_protocol", "priv_passphrase"):
        if getattr(auth, key):
            yield main.problem((*at, key), "only_v3", version=auth.version)
