"""The exposition of the whole fleet, rendered from cached labels, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from configs.inventory import Inventory
from configs.module import Module
from exporters.alerts.atlas import Atlas
from exporters.described import Descriptions
from exporters.devices import DeviceColumns
from exporters.exposition import Family, Format
from exporters.labels import ProvinceLabels, labels_by_province
from exporters.overview import country_blocks, poll_blocks, province_blocks
from store.frame import Frame, Poll
from topology.snapshot import Snapshot


class Fleet:
    """Not safe for several threads at once: whoever renders keeps it to one."""

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self._devices = DeviceColumns(Descriptions(modules))
        self._atlas = Atlas(Inventory())
        self._labels: dict[str, ProvinceLabels] = {}

    def render(
        self,
        snapshot: Snapshot,
        frame: Frame,
        form: Format,
        *,
        provinces: Sequence[str],
        country: bool,
    ) -> Iterator[bytes]:
        """The exposition of `provinces`, and of the country as a whole if asked for, in parts
        that each begin with a line feed; the end is left to the caller."""
        if self._atlas.inventory is not snapshot.inventory:
            self._atlas = Atlas(snapshot.inventory)
            self._labels = labels_by_province(snapshot.inventory)
            self._devices.forget()
        polls = self._by_province(frame.polls)
        yield from self._ours(snapshot, frame, form, polls, provinces, country)
        columns = [
            self._devices.of(province, polls.get(province, ()), self._labels[province].node_pairs)
            for province in provinces
        ]
        families = {c.family.name: c.family for province in columns for c in province.values()}
        for name, family in families.items():
            texts = [province[name].text(frame) for province in columns if name in province]
            if any(texts):
                yield family.head(form)
                yield from texts

    def _ours(
        self,
        snapshot: Snapshot,
        frame: Frame,
        form: Format,
        polls: Mapping[str, Sequence[Poll]],
        provinces: Sequence[str],
        country: bool,
    ) -> Iterator[bytes]:
        failed: dict[str, list[tuple[str, str]]] = {}
        for failure in frame.failures:
            province = self._province_of(failure.node)
            failed.setdefault(province, []).append((failure.node, failure.module))
        blocks = list(country_blocks(snapshot, self._atlas)) if country else []
        for province in provinces:
            here = self._labels[province]
            blocks += province_blocks(snapshot, self._atlas, here)
            blocks += poll_blocks(here, polls.get(province, ()), failed.get(province, ()))
        gathered: dict[str, tuple[Family, list[bytes]]] = {}
        for family, text in blocks:
            if text:
                gathered.setdefault(family.name, (family, []))[1].append(text)
        for family, texts in gathered.values():
            yield family.head(form)
            yield from texts

    def _by_province(self, polls: Sequence[Poll]) -> dict[str, list[Poll]]:
        found: dict[str, list[Poll]] = {}
        for node, own in groupby(polls, key=lambda poll: poll.node):
            found.setdefault(self._province_of(node), []).extend(own)
        return found

    def _province_of(self, node: str) -> str:
        """ "" for a node that has left the inventory since the frame was taken."""
        inventory = self._atlas.inventory
        return inventory.province_of(node) if node in inventory.nodes else ""
