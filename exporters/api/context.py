"""What every route works with."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from configs.messages import Messages, messages
from exporters.api import picture
from exporters.api.directory import Directory
from exporters.api.extent import Extent
from exporters.api.picture import Json
from exporters.api.source import Source
from topology.snapshot import Snapshot


class Context:
    """The daemon, and the answers that are the same for everybody until the next tick."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.extent = Extent()
        self._directory: Directory | None = None
        self._outages: tuple[Snapshot, frozenset[str], list[Json]] | None = None

    @property
    def texts(self) -> Messages:
        """The sentences in the language that the daemon speaks now: a reload may change it."""
        return messages(self.source.language)

    def directory(self, snapshot: Snapshot) -> Directory:
        """The index of the snapshot's inventory."""
        if self._directory is None or self._directory.inventory is not snapshot.inventory:
            self._directory = Directory(snapshot.inventory)
        return self._directory

    def outages(self, snapshot: Snapshot) -> list[Json]:
        """The open outages."""
        silenced = frozenset(self.source.silenced())
        known = self._outages
        if known is None or known[0] is not snapshot or known[1] != silenced:
            made = picture.outages(self.directory(snapshot), snapshot, silenced)
            known = self._outages = (snapshot, silenced, made)
        return known[2]


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


ContextOf: TypeAlias = Annotated[Context, Depends(_context)]
