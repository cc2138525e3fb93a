"""The exposition of the whole fleet, rendered from cached labels, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from configs.inventory import Inventory
from configs.module import Module
from exporters.atlas import Atlas
from exporters.described import Descriptions
from exporters.devices import DeviceColumns
from exporters.exposition import Family, Format
from exporters.labels import ProvinceLabels, labels_by_province, node_info
from exporters.overview import country_blocks, province_blocks
from exporters.polls import ProvincePolls, poll_blocks, province_polls
from exporters.vitals import VITALS
from store.block import Poll
from store.frame import Frame
from topology.identity import Sighting
from topology.snapshot import Snapshot


class Fleet:
    """Not safe for several threads at once: whoever renders keeps it to one."""

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self._devices = DeviceColumns(Descriptions(modules))
        self._atlas = Atlas(Inventory())
        self._labels: dict[str, ProvinceLabels] = {}
        self._seen: tuple[Poll, ...] | None = None
        self._identities: Mapping[str, Sighting] | None = None
        self._polls: dict[str, ProvincePolls] = {}

    def render(
        self,
        snapshot: Snapshot,
        frame: Frame,
        form: Format,
        *,
        provinces: Sequence[str],
        country: bool,
        devices: bool = True,
    ) -> Iterator[bytes]:
        """The exposition of `provinces`, and of the country as a whole if asked for, in parts
        that each begin with a line feed; the end is left to the caller. Without `devices` only
        families of our own: vital signs yes, what modules ask for no."""
        self._follow(snapshot.inventory, frame)
        yield from self._ours(snapshot, frame, form, provinces, country)
        columns = [self._polls[province].columns for province in provinces]
        families = {
            name: column.family
            for here in columns
            for name, column in here.items()
            if devices or name in VITALS
        }
        for name, family in families.items():
            texts = [here[name].text(frame) for here in columns if name in here]
            if any(texts):
                yield family.head(form)
                yield from texts

    def _ours(
        self,
        snapshot: Snapshot,
        frame: Frame,
        form: Format,
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
            blocks += poll_blocks(here, self._polls[province], frame, failed.get(province, ()))
        gathered: dict[str, tuple[Family, list[bytes]]] = {}
        for family, text in blocks:
            if text:
                gathered.setdefault(family.name, (family, []))[1].append(text)
        for family, texts in gathered.values():
            yield family.head(form)
            yield from texts

    def _follow(self, inventory: Inventory, frame: Frame) -> None:
        """Makes the labels anew of whatever changed since the last rendering."""
        if self._atlas.inventory is not inventory:
            self._atlas = Atlas(inventory)
            self._labels = labels_by_province(inventory)
            self._devices.forget()
            self._seen = self._identities = None
        if self._identities is not frame.identities:
            self._identities = frame.identities
            for here in self._labels.values():
                here.node_info = node_info(here, inventory, frame.identities)
        polls = frame.polls
        if self._seen is polls:
            return
        places: dict[str, list[int]] = {province: [] for province in self._labels}
        for place, poll in enumerate(polls):
            places.setdefault(self._province_of(poll.node), []).append(place)
        for province, here in self._labels.items():
            own = [polls[place] for place in places[province]]
            columns = self._devices.of(province, own, here.node_pairs)
            self._polls[province] = province_polls(here, places[province], own, columns)
        self._seen = polls

    def _province_of(self, node: str) -> str:
        """ "" for a node that has left the inventory since the frame was taken."""
        inventory = self._atlas.inventory
        return inventory.province_of(node) if node in inventory.nodes else ""
