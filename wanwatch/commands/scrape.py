"""`wanwatch scrape`: one device by one or more modules, as Prometheus text."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wanwatch.commands import login

if TYPE_CHECKING:
    from configs.credentials import SnmpCredential
    from configs.module import Module
    from exporters.snmp.scrape import Scrape

GIVEN = "command line"


@click.command("scrape")
@click.argument("target")
@click.option(
    "--modules",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A file of modules and auths in snmp_exporter's format; without one, the built-in ones.",
)
@click.option("--module", "names", multiple=True, help="Name of a module; may be repeated.")
@click.option("--auth", default="", help="Name of an entry of `auths:` in the files.")
@click.option(
    "--expand-environment-variables",
    "expand",
    is_flag=True,
    help="Put environment variables into the auths of the files, where they say ${NAME}.",
)
@login.options
def command(
    target: str,
    files: tuple[Path, ...],
    names: tuple[str, ...],
    auth: str,
    *,
    expand: bool,
    **given: Any,
) -> None:
    """Ask TARGET (host, host:port) what the modules say, and print Prometheus text."""
    from exporters.errors import QueryError, ScrapeError
    from exporters.snmp.scrape import DEFAULT_MODULE, Scrape

    said = login.Login(**given)
    try:
        modules, auths = load(files, expand=expand)
        credential = said.credential(GIVEN)
        if credential is not None:
            auth, auths[GIVEN] = GIVEN, credential
        wanted = Scrape(target, names or (DEFAULT_MODULE,), auth, said.context)
        text = asyncio.run(scrape(wanted, modules, auths))
    except QueryError as error:
        known = (
            f"modules are {', '.join(sorted(modules))}; auths {', '.join(sorted(auths)) or 'none'}"
        )
        raise click.UsageError(f"{error} ({known})") from error
    except ScrapeError as error:
        raise click.ClickException(str(error)) from error
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def load(
    files: tuple[Path, ...], *, expand: bool = False
) -> tuple[dict[str, Module], dict[str, SnmpCredential]]:
    """Modules and auths of these files, or the built-in modules. Raises ConfigError."""
    from configs.modulefile import built_in_modules, load_auths, load_modules

    if not files:
        return built_in_modules(), {}
    return load_modules(files), load_auths(files, expand=expand)


async def scrape(
    wanted: Scrape, modules: dict[str, Module], auths: dict[str, SnmpCredential]
) -> bytes:
    """What the device says. Raises QueryError and ScrapeError."""
    from collector.modules.read import ModuleReader
    from collector.snmp.engine import SnmpEngine
    from exporters.snmp.logins import Logins
    from exporters.snmp.scrape import DeviceScraper

    async with SnmpEngine() as engine:
        return await DeviceScraper(ModuleReader(engine), modules, Logins(auths)).scrape(wanted)
