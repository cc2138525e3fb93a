"""From the answers of a command line to the facts about a node."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from collector.sample import Facts
from collector.ssh.platforms import Command, Platform
from collector.ssh.uptime import uptime_s

Row = Mapping[str, str]
LONGEST = 512  # characters of a line; patterns take hours for one of a megabyte


def facts(node: str, at: float, platform: Platform, answers: Iterable[str]) -> Facts | None:
    """What the answers to a platform's commands, in their order, say; None when they do not even
    tell a version. Slow the first time, when the template engine is loaded."""
    said = dict.fromkeys(("version", "uptime", "hardware", "serial"), "")
    interfaces: dict[str, bool] = {}
    for command, answer in zip(platform.commands, answers, strict=True):
        rows = _rows(platform, command, _lines(answer))
        for name in said:
            template = getattr(command, name)
            if template and not said[name]:
                said[name] = next(filter(None, (_fill(template, row) for row in rows)), "")
        if command.interface:
            is_up = re.compile(command.up_when, re.IGNORECASE)
            for row in rows:
                up = is_up.fullmatch(_fill(command.up, row)) is not None
                interfaces[_fill(command.interface, row)] = up
    if not said["version"]:
        return None
    return Facts(
        node,
        at,
        said["version"],
        uptime_s(said["uptime"]),
        said["hardware"],
        said["serial"],
        interfaces or None,
    )


def _lines(answer: str) -> str:
    return "\n".join(line[:LONGEST] for line in answer.replace("\r", "").split("\n"))


def _rows(platform: Platform, command: Command, answer: str) -> list[Row]:
    if command.pattern is not None:
        matches = re.finditer(command.pattern, answer, re.MULTILINE)
        return [{name: value or "" for name, value in m.groupdict().items()} for m in matches]
    # Here, because the template engine takes a fifth of a second and 10 MB that most fleets
    # never need.
    from ntc_templates.parse import ParsingException, parse_output
    from textfsm.parser import TextFSMError  # type: ignore[import-untyped]

    try:
        rows: list[dict[str, Any]] = parse_output(platform.templates, command.command, answer)
    except (ParsingException, TextFSMError):
        return []
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def _text(value: str | list[str]) -> str:
    """Of several, as the serial numbers of a stack, the first."""
    return (value[0] if value else "") if isinstance(value, list) else value


def _fill(template: str, row: Row) -> str:
    return template.format_map(row).strip()
