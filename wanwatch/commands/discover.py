"""`wanwatch discover`: what a device is and has, asked now."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from wanwatch.commands import options

if TYPE_CHECKING:
    from collector.discovery.portrait import Portrait
    from collector.snmp.target import Target
    from configs.credentials import SnmpCredential

SNMP_PORT = 161
passphrase_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("discover")
@click.argument("target")
@click.option("--community", default="public", help="The community of SNMP v1 and v2c.")
@click.option("--snmp-version", type=click.Choice(["1", "2c", "3"]), help="3 when --user is given.")
@click.option("--user", default="", help="The user of SNMPv3.")
@click.option("--auth-protocol", default="SHA256", show_default=True)
@click.option("--auth-file", type=passphrase_file, help="A file that holds the passphrase.")
@click.option("--priv-protocol", default="AES", show_default=True)
@click.option("--priv-file", type=passphrase_file, help="A file that holds the passphrase.")
@click.option("--context", default="", help="The context of SNMPv3.")
@click.option("--timeout", type=float, default=2.0, show_default=True, help="Seconds a request.")
@click.option("--rules", type=click.Path(path_type=Path, exists=True), help="More device rules.")
@options.as_json
def command(target: str, rules: Path | None, timeout: float, as_json: bool, **how: Any) -> None:
    """Find out what TARGET is and has. TARGET is an address or a name, with :PORT if it is not 161.

    Rules that come with the program can be added to with --rules FILE or FOLDER.
    """
    from collector.errors import CollectorError
    from collector.snmp.target import Target
    from configs.devicerules import built_in_rules, device_files, load_device_rules
    from configs.errors import ConfigError

    host, port = host_and_port(target)
    asked = Target(target, resolved(host), port, credential(**how), timeout_s=timeout)
    try:
        own = load_device_rules(
            () if rules is None else device_files(rules) if rules.is_dir() else (rules,)
        )
        portrait = asyncio.run(ask(asked, (*own, *built_in_rules())))
    except (CollectorError, ConfigError) as error:
        raise click.ClickException(str(error)) from error
    answer = readable(portrait)
    if as_json:
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
    else:
        show(answer)


async def ask(target: Target, files: Any) -> Portrait:
    """All about one device. Raises CollectorError."""
    from collector.discovery.portrait import discover
    from collector.snmp.engine import SnmpEngine

    async with SnmpEngine() as engine:
        return await discover(engine, target, files)


def credential(
    community: str,
    snmp_version: str | None,
    user: str,
    auth_protocol: str,
    auth_file: Path | None,
    priv_protocol: str,
    priv_file: Path | None,
    context: str,
) -> SnmpCredential:
    """The credential that the flags say. Secrets of SNMPv3 are read from files, so that no list of
    processes shows them. Raises click.UsageError."""
    from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version

    version = Version(snmp_version or ("3" if user else "2c"))
    if version is not Version.V3:
        return SnmpCredential("discover", version, community)
    if not user:
        raise click.UsageError("SNMPv3 needs --user")
    if priv_file and not auth_file:
        raise click.UsageError("privacy needs authentication: give --auth-file too")
    try:
        authentication, privacy = AuthProtocol(auth_protocol), PrivProtocol(priv_protocol)
    except ValueError as error:
        known = ", ".join([*AuthProtocol, *PrivProtocol])
        raise click.UsageError(f"{error}; known are {known}") from None
    return SnmpCredential(
        "discover",
        version,
        username=user,
        auth_protocol=authentication if auth_file else None,
        auth_passphrase=first_line(auth_file),
        priv_protocol=privacy if priv_file else None,
        priv_passphrase=first_line(priv_file),
        context=context,
    )


def first_line(path: Path | None) -> str:
    return path.read_text("utf-8").partition("\n")[0].strip() if path else ""


def host_and_port(target: str) -> tuple[str, int]:
    """`host`, `host:port`, `[v6]:port` or a bare IPv6 address. Raises click.UsageError."""
    host, colon, port = target.rpartition(":")
    if not colon or (host.count(":") and not host.startswith("[")):
        host, port = target, str(SNMP_PORT)
    if not port.isdigit() or not 0 < int(port) < 65_536:
        raise click.UsageError(f"{port!r} in {target!r} is no port; write TARGET:161")
    return host.strip("[]"), int(port)


def resolved(host: str) -> str:
    """The first address of a name. Raises click.ClickException."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise click.ClickException(f"{host}: {error.strerror or error}") from None
    return str(found[0][4][0])


def readable(portrait: Portrait) -> dict[str, Any]:
    """A portrait as plain data: identity at the top, then a list for each kind of thing."""
    from dataclasses import asdict, fields

    plain = {f.name: getattr(portrait, f.name) for f in fields(portrait) if f.name != "identity"}
    lists: dict[str, list[Any]] = {
        name: [part if isinstance(part, str) else asdict(part) for part in parts]
        for name, parts in plain.items()
    }
    lists["neighbors"] = lists.pop("neighbours")
    lists["sensors"] = [
        {"class": sensor.quantity, **asdict(sensor), "unit": sensor.unit}
        for sensor in portrait.sensors
    ]
    for sensor in lists["sensors"]:
        del sensor["quantity"]
    return {**asdict(portrait.identity), **lists}


def show(answer: dict[str, Any]) -> None:
    """Prints the identity line by line and each list as a table."""
    console = Console(soft_wrap=True)
    for title, content in answer.items():
        if not isinstance(content, list):
            console.print(f"{title}: {content}", highlight=False, markup=False)
        elif content and isinstance(content[0], dict):
            table = Table(title=title, title_justify="left", box=None, pad_edge=False)
            for column in content[0]:
                table.add_column(column)
            for row in content:
                table.add_row(*("" if cell is None else str(cell) for cell in row.values()))
            console.print(table)
        else:
            for line in content:
                console.print(f"{title}: {line}", highlight=False, markup=False)
