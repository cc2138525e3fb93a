"""The story of the demo: faults that a NOC knows, one after the other, each healed again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from configs.inventory import Inventory, SiteKind
from lab.control import request


@dataclass(frozen=True, slots=True)
class Chapter:
    """Something breaks, is looked at for a while, and is mended."""

    title: str
    what: str
    lasts_s: float


def chapters(inventory: Inventory) -> Iterator[Chapter]:
    """A commune, a hub, a shared duct or power feed, and a core router."""
    communes = [s for s in inventory.sites.values() if s.kind is SiteKind.COMMUNE]
    hubs = [s for s in inventory.sites.values() if s.kind is SiteKind.HUB]
    yield Chapter(
        f"{communes[len(communes) // 2].name} loses its power",
        f"site:{communes[len(communes) // 2].id}",
        20,
    )
    yield Chapter(f"{hubs[len(hubs) // 3].name} is cut off", f"site:{hubs[len(hubs) // 3].id}", 40)
    for group in list(inventory.groups.values())[:: max(1, len(inventory.groups) // 2)][:2]:
        yield Chapter(f"{group.name or group.id} fails", f"group:{group.id}", 30)


def tell(
    folder: Path, inventory: Inventory, say: Callable[[str], None], pause_s: float = 15
) -> None:
    """Plays every chapter once in the running lab of `folder`."""
    for chapter in chapters(inventory):
        time.sleep(pause_s)
        say(f"fault: {chapter.title} ({chapter.what})")
        request(folder, {"do": "fail", "what": [chapter.what]})
        time.sleep(chapter.lasts_s)
        say(f"healed: {chapter.what}")
        request(folder, {"do": "heal", "what": [chapter.what]})
