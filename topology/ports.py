"""What nodes say of their own ends of the links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from collector.sample import Facts, Layout, Readings
from configs.inventory import Inventory, Link

Places: TypeAlias = list[tuple[int, str]]

UP, DOWN = {1.0}, {2.0, 6.0, 7.0}  # IF-MIB::ifOperStatus: up; down, notPresent, lowerLayerDown
NAMES = ("ifName", "ifDescr", "ifAlias")


def abbreviated(port: str) -> str:
    """A port's name as ifName has it for one that is declared as ifDescr has it, and the reverse:
    `gi0/0/1` for `GigabitEthernet0/0/1` as for `Gi0/0/1`."""
    match = re.fullmatch(r"([A-Za-z-]+?)[ -]?(\d[\d/.:]*)", port)
    return (match[1][:2] + match[2]).lower() if match else port


class Ports:
    """`words`: (node, link) to what was last said of that port, and when. Of those that are down,
    `down_since`: when that was first said; `up_until`: when they were last said to be up;
    `failed_by`: when the link had failed, where it is known to have done so by itself."""

    def __init__(self, inventory: Inventory) -> None:
        self.words: dict[tuple[str, str], tuple[bool, float]] = {}
        self.down_since: dict[tuple[str, str], float] = {}
        self.up_until: dict[tuple[str, str], float] = {}
        self.failed_by: dict[tuple[str, str], float] = {}
        self._old: set[tuple[str, str]] = set()
        self._links: dict[str, dict[str, str]] = {}
        for link in inventory.links.values():
            for node, port in ((link.a, link.a_port), (link.b, link.b_port)):
                if port:
                    self._links.setdefault(node, {})[port] = link.id
        self._places: dict[tuple[str, str], tuple[Layout, tuple[str, ...], Places]] = {}

    def take(self, sample: Readings | Facts) -> bool:
        """Whether what is known of any port changed."""
        links = self._links.get(sample.node)
        if not links:
            return False
        changed = False
        for link, is_up in self._statuses(sample, links):
            port = sample.node, link
            before = self.words.get(port)
            if before is None or sample.at >= before[1]:
                self.words[port] = is_up, sample.at
                if is_up:
                    for times in (self.down_since, self.up_until, self.failed_by):
                        times.pop(port, None)
                elif port not in self.down_since:
                    self.down_since[port] = sample.at
                    if before is not None:
                        self.up_until[port] = before[1]
                changed = changed or before is None or before[0] is not is_up or port in self._old
                self._old.discard(port)
        return changed

    def outdate(self, ports: Iterable[tuple[str, str]]) -> None:
        """What was said of these is old, for an end of their link fell silent or came back: that
        it is said again is news."""
        self._old.update(ports)

    @property
    def down(self) -> frozenset[str]:
        """Links that an end says are down."""
        return frozenset(link for _, link in self.down_since)

    def unheard(self, link: Link) -> tuple[str, ...]:
        """The ends of a link that have a port and have not told of it yet."""
        ends = ((link.a, link.a_port), (link.b, link.b_port))
        return tuple(n for n, port in ends if port and (n, link.id) not in self.words)

    def keep(self, before: Ports) -> None:
        """Takes over what was known of ports that still exist."""
        known = {(node, link) for node, ports in self._links.items() for link in ports.values()}
        self.words.update((key, word) for key, word in before.words.items() if key in known)
        for times, old in (
            (self.down_since, before.down_since),
            (self.up_until, before.up_until),
            (self.failed_by, before.failed_by),
        ):
            times.update((key, at) for key, at in old.items() if key in known)
        self._old |= before._old & known

    def _statuses(
        self, sample: Readings | Facts, links: dict[str, str]
    ) -> Iterator[tuple[str, bool]]:
        if isinstance(sample, Facts):
            for port, is_up in (sample.interfaces or {}).items():
                if port in links:
                    yield links[port], is_up
            return
        for place, link in self._where(sample, links):
            status = sample.numbers[place]
            if status in UP or status in DOWN:
                yield link, status in UP

    def _where(self, readings: Readings, links: dict[str, str]) -> Places:
        """(position of ifOperStatus, link) of the ports that are ends of links."""
        module = readings.node, readings.layout.module
        cached = self._places.get(module)
        if cached and cached[0] is readings.layout and cached[1] == readings.texts:
            return cached[2]
        named = list(zip(readings.layout.texts, readings.texts, strict=False))
        link_of: dict[tuple[int, ...], str] = {}
        for metric in reversed(NAMES):  # the best name last, so that it wins
            for series, text in named:
                if series.metric == metric and text in links:
                    link_of[series.index] = links[text]
        names = [
            (abbreviated(text), series.index) for series, text in named if series.metric == NAMES[0]
        ]
        declared = [(abbreviated(port), link) for port, link in links.items()]
        for short, link in declared:
            places = [index for name, index in names if name == short]
            alike = sum(other == short for other, _ in declared)
            if link not in link_of.values() and len(places) == alike == 1:
                link_of.setdefault(places[0], link)
        found = [
            (place, link_of[series.index])
            for place, series in enumerate(readings.layout.numbers)
            if series.metric == "ifOperStatus" and series.index in link_of
        ]
        self._places[module] = readings.layout, readings.texts, found
        return found
