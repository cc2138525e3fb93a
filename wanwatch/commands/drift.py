"""`wanwatch drift`: where the network that was found differs from the declared one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from configs.messages import Messages, messages
from tui.letters import tidy
from wanwatch.commands import options
from wanwatch.commands.sheet import Sheet
from wanwatch.errors import UsageError

if TYPE_CHECKING:
    from exporters.client import ApiClient
    from exporters.schema.network import DriftOut
    from exporters.schema.node import LinkOut

COLUMNS = ("key", "kind", "what", "sources", "confidence", "seen", "verdict")


@click.command("drift")
@click.option("--accept", multiple=True, metavar="KEY", help="What was seen is right.")
@click.option("--reject", multiple=True, metavar="KEY", help="What is declared is right.")
@click.option("--undo", multiple=True, metavar="KEY", help="Take a decision back.")
@options.author
@click.option("--comment", default="", help="Why.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["undeclared", "disagreeing", "unseen", "stranger"]),
    help="Only this kind; may be given several times.",
)
@click.option("--all", "decided", is_flag=True, help="Also list what was decided upon.")
@options.url
@options.token_file
@options.language
@options.as_json
def command(
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    undo: tuple[str, ...],
    author: str,
    comment: str,
    kinds: tuple[str, ...],
    decided: bool,
    url: str,
    token_file: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """List links that were found but not declared, declared but not seen, plugged into other
    ports, and neighbours that nobody knows. Exit code 1 when there is any left to decide upon.

    For what was accepted it prints what to paste into the inventory.
    """
    from wanwatch.commands.fetch import fetch

    async def work(client: ApiClient) -> tuple[list[DriftOut], list[LinkOut], bool]:
        from exporters.client import MissingError

        try:
            for verdict, keys in (("accepted", accept), ("rejected", reject)):
                for key in keys:
                    await client.decide(key, verdict, author=author, comment=comment)
            for key in undo:
                await client.undecide(key, author=author)
        except MissingError as error:
            raise UsageError(str(error)) from error
        whole = (await client.topology()).whole
        return await client.drift(decided=True), await client.links(), whole

    drifts, links, whole = fetch(url, token_file, work)
    say = messages(language)
    if not whole:
        click.echo(say("drift.partial"), err=True)
    wanted = [one for one in drifts if not kinds or one.kind in kinds]
    left = [one for one in wanted if not one.verdict]
    shown = wanted if decided else left
    if as_json:
        click.echo(orjson.dumps([one.model_dump() for one in shown]))
        sys.exit(1 if left else 0)
    if shown:
        _sheet(say, shown).print()
    elif whole:
        click.echo(say("drift.none"))
    for line in declaration(say, drifts, links):
        click.echo(line)
    sys.exit(1 if left else 0)


def declaration(
    say: Messages, drifts: Sequence[DriftOut], links: Sequence[LinkOut]
) -> Iterator[str]:
    """What the inventory lacks of what was accepted, as YAML and comments in it."""
    taken = {link.id for link in links if link.declared}
    accepted = [one for one in drifts if one.verdict == "accepted" and one.kind != "stranger"]
    if accepted:
        yield "\n# " + say("drift.paste")
    new = [one for one in accepted if one.kind == "undeclared"]
    if new:
        yield "links:"
    for one in new:
        stem = id_ = f"{one.a}--{one.b}"
        number = 1
        while id_ in taken:
            number += 1
            id_ = f"{stem}-{number}"
        taken.add(id_)
        link = {"id": id_, "a": one.a, "b": one.b, "a_port": one.a_port, "b_port": one.b_port}
        said = {key: value for key, value in link.items() if value}
        plain = all(map(str.isprintable, said.values()))  # ports call themselves what they like
        yield f"- {json.dumps(said, ensure_ascii=not plain)}"
    for one in accepted:
        if one.kind == "unseen":
            yield "# " + say("drift.remove", link=one.link)
        elif one.kind == "disagreeing":
            ports = {"a": tidy(one.a_port), "b": tidy(one.b_port)}
            yield "# " + say("drift.ports", link=one.link, **ports)


def _sheet(say: Messages, shown: Sequence[DriftOut]) -> Sheet:
    sheet = Sheet(*(say(f"drift.column.{column}") for column in COLUMNS))
    for one in shown:
        far = one.stranger or f"{one.b} {one.b_port}".strip()
        sheet.row(
            one.key,
            say(f"drift.kind.{one.kind}"),
            f"{one.a} {one.a_port}".strip() + f" – {far}" + (f" ({one.link})" if one.link else ""),
            ", ".join(one.sources),
            "" if one.confidence is None else f"{int(one.confidence * 100)} %",
            f"{one.seen_at.astimezone():%d/%m %H:%M:%S}" if one.seen_at else "",
            say(f"drift.verdict.{one.verdict}", author=one.author) if one.verdict else "",
        )
    return sheet
