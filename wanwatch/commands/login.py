"""Options of an SNMP credential on the command line. The passphrases of SNMPv3 are read from
files, so that no list of processes shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from wanwatch.commands import options as shared

if TYPE_CHECKING:
    from configs.credentials import SnmpCredential

F = TypeVar("F", bound=Callable[..., Any])

AUTH = ("MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512")
PRIV = ("DES", "AES", "AES192", "AES256", "AES192C", "AES256C")
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)

_OPTIONS = (
    click.option(
        "--community", envvar="WANWATCH_COMMUNITY", help="The community of SNMP v1 and v2c."
    ),
    click.option("--snmp-version", type=click.Choice(["1", "2c", "3"]), help="3 with --user."),
    click.option("--user", help="The user of SNMPv3."),
    click.option("--auth-protocol", type=click.Choice(AUTH), default="SHA256", show_default=True),
    click.option("--auth-file", type=_FILE, help="A file that holds the passphrase."),
    click.option("--priv-protocol", type=click.Choice(PRIV), default="AES", show_default=True),
    click.option("--priv-file", type=_FILE, help="A file that holds the passphrase."),
    click.option("--context", default="", help="The context of SNMPv3."),
)


@dataclass(frozen=True, slots=True)
class Login:
    """What was said on the command line."""

    community: str | None
    snmp_version: str | None
    user: str | None
    auth_protocol: str
    auth_file: Path | None
    priv_protocol: str
    priv_file: Path | None
    context: str

    def credential(self, id_: str) -> SnmpCredential | None:
        """The credential, None if nothing was said. Raises click.UsageError for half of one, and
        for what does not go together."""
        from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version

        _unused()
        if not self.user:
            if self.snmp_version == "3" or self.auth_file or self.priv_file:
                raise click.UsageError("SNMPv3 needs --user")
            if self.community is None:
                return None
            return SnmpCredential(id_, Version(self.snmp_version or "2c"), self.community)
        if self.snmp_version not in (None, "3"):
            raise click.UsageError("--user is SNMPv3's; leave --snmp-version away, or write 3")
        if self.priv_file and not self.auth_file:
            raise click.UsageError("privacy needs authentication: give --auth-file too")
        return SnmpCredential(
            id_,
            Version.V3,
            username=self.user,
            auth_protocol=AuthProtocol(self.auth_protocol) if self.auth_file else None,
            auth_passphrase=shared.first_line(self.auth_file),
            priv_protocol=PrivProtocol(self.priv_protocol) if self.priv_file else None,
            priv_passphrase=shared.first_line(self.priv_file),
            context=self.context,
        )

    def or_public(self, id_: str) -> SnmpCredential:
        """The credential, that which devices come with if nothing was said. Raises as above."""
        from configs.credentials import SnmpCredential, Version

        given = self.credential(id_)
        return given or SnmpCredential(id_, Version(self.snmp_version or "2c"), "public")


def options(command: F) -> F:
    """Adds the options; they arrive under the names of the fields of `Login`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _unused() -> None:
    """Raises click.UsageError for an option that was given and would be passed over."""
    context = click.get_current_context()
    given = {
        name
        for name in context.params
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if "user" not in given:
        for name in ("auth_protocol", "priv_protocol"):
            if name in given:
                raise click.UsageError(f"--{name.replace('_', '-')} is SNMPv3's; give --user too")
        return
    if "community" in given:
        raise click.UsageError("--community is of SNMP v1 and v2c, --user of v3; give one of them")
    for kind in ("auth", "priv"):
        if f"{kind}_protocol" in given and f"{kind}_file" not in given:
            raise click.UsageError(f"--{kind}-protocol does nothing without --{kind}-file")
