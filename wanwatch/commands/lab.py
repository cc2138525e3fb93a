"""`wanwatch lab`: bring up the simulated WAN, break it, heal it, and ask for the truth."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import tempfile
from pathlib import Path

import click

from configs.composition import composed
from wanwatch.commands import options

PORT = click.IntRange(0, 65535)


def default_folder() -> Path:
    """This user's lab folder: below XDG_RUNTIME_DIR, else below the temporary folder."""
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    return base / f"wanwatch-lab-{os.getuid()}"


folder_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=default_folder,
    show_default="wanwatch-lab-UID in the runtime folder",
    help="The lab's inventory, its configuration and its control socket.",
)


@click.group("lab")
def command() -> None:
    """The simulated national WAN: real agents on addresses of their own, faults on demand."""


@command.command("up")
@folder_option
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--communes", type=click.IntRange(min=1), help="Only this many communes instead of all."
)
@click.option("--port", type=PORT, default=0, help="The agents' UDP port; 0 picks a free one.")
@click.option("--trap-port", type=PORT, default=9162, show_default=True)
@click.option("--http-port", type=PORT, default=9464, show_default=True)
@click.option("--page", metavar="URL", help="Configure this webhook as the receiver of pages.")
@click.option(
    "--recording",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Not the country, but the devices recorded in this folder (NODE.snmprec).",
)
@click.option(
    "--v3-share",
    type=click.FloatRange(0, 1),
    default=0.2,
    show_default=True,
    help="How many of the agents speak SNMPv3 instead of v2c.",
)
@click.option(
    "--undeclared",
    type=click.IntRange(0, 34),
    default=0,
    help="Leave so many cables between hub routers out of the inventory.",
)
@click.option("--netns", is_flag=True, help="In a network namespace of its own, with ICMP (root).")
@options.language
def up(
    folder: Path,
    seed: int,
    communes: int | None,
    port: int,
    trap_port: int,
    http_port: int,
    page: str | None,
    recording: Path | None,
    v3_share: float,
    undeclared: int,
    netns: bool,
    language: str,
) -> None:
    """Bring up the lab and keep it running until SIGTERM or Ctrl-C."""
    from lab.errors import LabError, RecordingError, RefusedError
    from lab.main import LabInfo, serve

    # Warns of every line that a terminal still writes to a client that has hung up.
    logging.getLogger("asyncio").setLevel(logging.ERROR)

    def ready(info: LabInfo) -> None:
        inside = f"ip netns exec {info.netns} " if info.netns else ""
        click.echo(
            f"{info.sites} sites, {info.nodes} nodes and {info.links} links answer on port "
            f"{info.port}; run: {inside}wanwatch run -c {info.config}"
        )

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        receivers = [{"name": "on-call", "kind": "webhook", "url": page}] if page else []
        lab = asyncio.ensure_future(
            serve(
                folder,
                seed=seed,
                communes=communes,
                port=port,
                trap_port=trap_port,
                http_port=http_port,
                netns=netns,
                v3_share=v3_share,
                recordings=recording,
                receivers=receivers,
                language=language,
                undeclared=undeclared,
                ready=ready,
            )
        )
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait({lab, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if lab.done():
            await lab
        lab.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await lab

    try:
        asyncio.run(until_stopped())
    except (RefusedError, RecordingError) as error:
        raise click.ClickException(error.text(language)) from error
    except (LabError, OSError) as error:
        raise click.ClickException(str(error)) from error


def ask(folder: Path, request: dict[str, object]) -> None:
    """Prints the running lab's answer as JSON; exit 1 when it refuses."""
    from lab.control import request as send
    from lab.errors import LabError

    try:
        answer = send(folder, request)
    except LabError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


@command.command("fail")
@folder_option
@click.argument(
    "what",
    type=composed,
    nargs=-1,
    required=True,
    metavar="node:ID|link:ID|site:ID|group:ID|mains:SITE...",
)
def fail(folder: Path, what: tuple[str, ...]) -> None:
    """Break things; whatever is cut off by it goes silent."""
    ask(folder, {"do": "fail", "what": list(what)})


@command.command("heal")
@folder_option
@click.argument(
    "what",
    type=composed,
    nargs=-1,
    metavar="[node:ID|link:ID|site:ID|group:ID|mains:SITE...]",
)
def heal(folder: Path, what: tuple[str, ...]) -> None:
    """Mend things; everything that is broken when nothing is named."""
    ask(folder, {"do": "heal", "what": list(what)})


@command.command("truth")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Kept for scripts; the truth is JSON anyway.")
def truth(folder: Path, as_json: bool) -> None:
    """What is broken, who is silent, and which roots a monitor should name."""
    ask(folder, {"do": "truth"})


@command.command("pager")
@folder_option
@click.option("--port", type=PORT, required=True)
def pager(folder: Path, port: int) -> None:
    """A stand-in for who is on call: writes each page to DIR/pages.jsonl."""
    from lab.pager import serve

    try:
        serve(folder, port)
    except OSError as error:
        raise click.ClickException(f"port {port} on 127.0.0.1: {error.strerror}") from error


@command.command("story")
@folder_option
def story(folder: Path) -> None:
    """Play faults in the running lab, each healed again, and say so."""
    from configs.loader import load
    from lab.errors import LabError
    from lab.story import tell

    try:
        tell(folder, load(folder / "wanwatch.yaml").inventory, click.echo)
    except LabError as error:
        raise click.ClickException(str(error)) from error
