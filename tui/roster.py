"""The roster: every node with its last measurements, fetched only while somebody looks at it."""

from __future__ import annotations

from dataclasses import dataclass, field

from exporters.client import ApiClient
from exporters.schema import NodeOut
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


@dataclass(slots=True)
class Roster:
    """`entries` in the daemon's order; `by_id` the same by node."""

    entries: tuple[Entry, ...] = ()
    by_id: dict[str, Entry] = field(default_factory=dict)

    async def refresh(self, client: ApiClient) -> None:
        """Fetches all nodes. Raises ClientError."""
        self.entries = tuple(entry_of(node) for node in await client.nodes())
        self.by_id = {entry.node.id: entry for entry in self.entries}


def entry_of(node: NodeOut) -> Entry:
    name, site = tidy(node.name or node.id), tidy(node.site_name)
    text = f"{folded(name)} {folded(site)} {node.id.casefold()} {node.address}"
    return Entry(node, name, site, text)
