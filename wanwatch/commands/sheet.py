"""What a command prints of words that others chose: they are text and nothing else, neither markup
nor control of the terminal."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Literal

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tui.letters import tidy

NATURAL = 100_000  # cells: no column has to give way
MOST = 500  # characters; --json has the rest


class Sheet:
    """A table. `right`: numbers of the columns of figures."""

    def __init__(self, *columns: str, title: str = "", right: Collection[int] = ()) -> None:
        self._table = Table(
            title=Text(tidy(title)) if title else None,
            title_justify="left",
            box=None,
            pad_edge=False,
        )
        for number, column in enumerate(columns):
            side: Literal["left", "right"] = "right" if number in right else "left"
            self._table.add_column(Text(tidy(column)), justify=side)

    def row(self, *cells: object, style: str | None = None) -> None:
        """Adds a row; None is an empty cell."""
        self._table.add_row(*(Text(_words(cell)) for cell in cells), style=style)

    def print(self, *, fold: bool = True) -> None:
        """Prints it as wide as it is; with `fold`, on a terminal, within its width."""
        width = None if fold and sys.stdout.isatty() else NATURAL
        Console(soft_wrap=True, width=width).print(self._table)


def line(title: str, words: object) -> None:
    """Prints `title: words` on one line."""
    click.echo(f"{title}: {_words(words)}".rstrip())


def _words(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.12g}"
    words = tidy(str(cell))
    return words if len(words) <= MOST else words[:MOST] + "…"
