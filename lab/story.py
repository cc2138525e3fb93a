"""The story of the demo: faults that a NOC knows, one after the other, each healed again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from configs.inventory import GroupKind, Inventory, SiteKind
from lab.control import request
from lab.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Chapter:
    """Something breaks, is looked at for a while, and is mended."""

    title: str
    what: str
    lasts_s: float


def chapters(inventory: Inventory) -> Iterator[Chapter]:
    """A commune, a hub, a hub on battery, then the last duct and the last power feed, which serve
    communes. Raises RefusedError for an inventory that is not the nation's."""
    sites = list(inventory.sites.values())
    communes = [site for site in sites if site.kind is SiteKind.COMMUNE]
    hubs = [site for site in sites if site.kind is SiteKind.HUB]
    if not (communes and hubs):
        raise RefusedError("no_story")
    commune, hub, fed = communes[len(communes) // 2], hubs[len(hubs) // 3], hubs[len(hubs) // 2]
    yield Chapter(f"{commune.name} loses its power", f"site:{commune.id}", 20)
    yield Chapter(f"{hub.name} is cut off", f"site:{hub.id}", 40)
    yield Chapter(f"{fed.name} runs on battery", f"mains:{fed.id}", 40)
    for kind in (GroupKind.DUCT, GroupKind.POWER):
        *_, group = (group for group in inventory.groups.values() if group.kind is kind)
        yield Chapter(f"{group.name or group.id} fails", f"group:{group.id}", 30)


def tell(
    folder: Path, inventory: Inventory, say: Callable[[str], None], pause_s: float = 15
) -> None:
    """Plays every chapter once in the running lab of `folder`. Raises RefusedError."""
    for chapter in chapters(inventory):
        time.sleep(pause_s)
        say(f"fault: {chapter.title} ({chapter.what})")
        request(folder, {"do": "fail", "what": [chapter.what]})
        time.sleep(chapter.lasts_s)
        say(f"healed: {chapter.what}")
        request(folder, {"do": "heal", "what": [chapter.what]})
