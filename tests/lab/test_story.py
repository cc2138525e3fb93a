"""The demo's story breaks only what is there, and mends it again."""

from __future__ import annotations

import pytest

from configs.inventory import Inventory
from lab.country import build
from lab.errors import RefusedError
from lab.faults import Faults
from lab.story import chapters


def test_every_chapter_breaks_something_that_hurts_or_endangers_and_can_be_mended() -> None:
    inventory = build(seed=1, communes=340).inventory
    faults = Faults(inventory)
    told = list(chapters(inventory))
    assert len(told) >= 4
    for chapter in told:
        faults.fail([chapter.what])
        assert faults.truth()["roots"], chapter
        faults.heal([chapter.what])
    assert not faults.silent()
    assert any(chapter.what.startswith("site:hub-") for chapter in told)


def test_a_lab_that_is_not_the_nation_has_no_story() -> None:
    with pytest.raises(RefusedError, match="no communes and hubs"):
        list(chapters(Inventory()))
