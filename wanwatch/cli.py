"""The command `wanwatch`: results on stdout, talk on stderr, exit 0 done, 1 found wrong, 2 used
wrongly."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from wanwatch.errors import UsageError, WanwatchError

# name: (module below wanwatch.commands, help shown without importing it)
COMMANDS = {
    "demo": ("demo", "The whole national WAN, simulated, polled and shown, in one command."),
    "run": ("run", "Run the daemon."),
    "tui": ("tui", "Open the console."),
    "check": ("check", "Validate a configuration and list every error."),
    "lab": ("lab", "The simulated national WAN: up, fail, heal, truth."),
    "discover": ("discover", "Find out what a device is and has, over SNMP."),
    "record": ("record", "A recording of a device to replay elsewhere, redacted if wanted."),
    "poll": ("poll", "Poll one node now and show what it says."),
    "scrape": ("scrape", "Any device by modules of snmp_exporter, as Prometheus text."),
    "outages": ("outages", "The open outages of the running daemon."),
    "coverage": ("coverage", "Who is covered now, by province."),
    "drift": ("drift", "Where the network that was found differs from the declared one."),
    "whatif": ("whatif", "Whom a failure would cut off, and where the country is weak."),
    "diagnose": ("diagnose", "The outages behind the observations of written scenarios."),
    "report": ("report", "Who was covered how long: a month, by province or point, worst first."),
    "backup": ("backup", "A copy of the store, taken while the daemon runs."),
    "generate": ("generate", "Write configuration for other programs, such as Prometheus."),
}


class LazyGroup(click.Group):
    """Imports a command's module only when that command is called: the console starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"wanwatch.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; a configuration that is wrong is told line by line, exit code 1."""
        try:
            return super().invoke(ctx)
        except _config_error() as error:
            click.echo(str(error), err=True)
            ctx.exit(1)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"{error.message}{hint}", ctx) from None


def _config_error() -> type[Exception]:
    """`ConfigError`, imported only once something went wrong."""
    from configs.errors import ConfigError

    return ConfigError


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="wanwatch")
def cli() -> None:
    """wanwatch: the operations monitor for a national dedicated WAN.

    Who is covered now, what broke, whom does it hurt, whom do we page?
    """


def main(arguments: list[str] | None = None) -> Any:
    """Runs the command line; errors of ours end in one line on stderr, not in a traceback."""
    try:
        return cli(arguments, prog_name="wanwatch")
    except WanwatchError as error:
        click.echo(f"wanwatch: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except UnicodeEncodeError:
        given = "".join(sys.argv[1:] if arguments is None else arguments)
        if not any("\udc80" <= character <= "\udcff" for character in given):
            raise
        click.echo("wanwatch: an argument is not UTF-8 text; check how it was typed", err=True)
        sys.exit(2)
