"""The roster: every node with its last measurements, fetched only while somebody looks at it."""

from __future__ import annotations

from dataclasses import dataclass, field

from exporters.client import ApiClient
from exporters.schema.node import NodeOut
from tui.letters import folded, tidy
from tui.picture import rank_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A node; `folded` is what a search looks into."""

    node: NodeOut
    name: str
    site_name: str
    folded: str

    @property
    def rank(self) -> int:
        return rank_of(self.node.state, self.node.maintenance)


PAGE = 500  # nodes that are read without letting the screen have its turn


@dataclass(slots=True)
class Roster:
    """`entries` are those of the last complete sweep, in the daemon's order; `by_id` has the
    newest of every node ever fetched."""

    entries: tuple[Entry, ...] = ()
    by_id: dict[str, Entry] = field(default_factory=dict)

    async def refresh(self, client: ApiClient, province: str | None = None) -> None:
        """Fetches all nodes, or those of a province. Raises ClientError."""
        found: list[Entry] = []
        more = True
        while more:
            page = await client.nodes(province=province, offset=len(found), limit=PAGE)
            found += map(entry_of, page)
            more = len(page) == PAGE
        self.by_id.update((entry.node.id, entry) for entry in found)
        if province is None:
            self.entries = tuple(found)


def entry_of(node: NodeOut) -> Entry:
    name, site = tidy(node.name or node.id), tidy(node.site_name)
    text = f"{folded(name)} {folded(site)} {folded(node.id)} {node.address}"
    return Entry(node, name, site, text)
