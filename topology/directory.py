"""Who is who: devices under all the names and addresses that others may call them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Set
from functools import cached_property, lru_cache

from collector.speaker import Interface, Speaker

MAC, NETWORK_ADDRESS, NAME, LOCAL, ALIAS = 3, 4, 5, 7, 1  # LLDP-MIB::LldpPortIdSubtype
_HEX = re.compile(r"[0-9a-f]{12}")
_COLONS = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
# What no single device owns: no address, groups, and the virtual routers of VRRP (RFC 5798 §7.3)
# and HSRP, which move from one to another.
_SHARED = re.compile(r"0{12}|.[13579bdf]|00005e0001|00005e0002|00000c07ac|00000c9ff|000573a0")


def plain_mac(text: str) -> str:
    """Twelve hex digits, or "" for what is no MAC address. Octets may have lost leading zeros."""
    if _COLONS.fullmatch(text):  # nearly all are: what is worked out at once is not remembered
        return text.replace(":", "")
    return _plain_mac(text)


@lru_cache(1 << 14)
def _plain_mac(text: str) -> str:
    parts = re.split(r"[:\-. ]", text.strip().lower().removeprefix("0x"))
    if len(parts) == 6:
        parts = [part.zfill(2) for part in parts]
    joined = "".join(parts)
    return joined if _HEX.fullmatch(joined) else ""


class Directory:
    """Speakers by chassis, bridge, name, address and router id. What several of them claim (an
    internal address, a name never set) names nobody."""

    def __init__(self, speakers: Iterable[Speaker]) -> None:
        self.speakers = {speaker.node: speaker for speaker in speakers}
        self._who: dict[str, str] = {}
        shared = set()
        for speaker in self.speakers.values():
            for key in _keys(speaker):
                if self._who.setdefault(key, speaker.node) != speaker.node:
                    shared.add(key)
        for key in shared:
            del self._who[key]
        self._ports = {
            node: {interface.index: interface for interface in speaker.interfaces}
            for node, speaker in self.speakers.items()
        }

    def find(self, *names: str) -> str | None:
        """The node that the first telling one of these names means: a chassis or bridge id, a
        host name with or without its domain, an address or a router id."""
        for name in names:
            mac = plain_mac(name)
            for key in (f"mac {mac}" if mac else "", f"name {_host(name)}", f"address {name}"):
                if key in self._who:
                    return self._who[key]
        return None

    def interface_at(self, address: str) -> tuple[str, str] | None:
        """(node, name of its physical port or "") that an address means."""
        node = self._who.get(f"address {address}")
        return None if node is None else (node, self._port_at.get((node, address), ""))

    @cached_property
    def _port_at(self) -> dict[tuple[str, str], str]:
        """The name of the physical port of each (node, address)."""
        return {
            (speaker.node, own.address): physical(self._ports[speaker.node].get(own.if_index))
            for speaker in self.speakers.values()
            for own in speaker.addresses
        }

    def port_of(self, node: str, macs: Set[str]) -> str:
        """The name of the one physical port of a node that has one of these MAC addresses."""
        names = {physical(p) for p in self._ports[node].values() if plain_mac(p.mac) in macs}
        return names.pop() if len(names) == 1 else ""

    def port(self, node: str, if_index: int) -> Interface | None:
        return self._ports[node].get(if_index)

    def lldp_port(self, node: str, kind: int, text: str, description: str = "") -> Interface | None:
        """The interface that a neighbour's port id means: by the device's own table of ports where
        it has one, then by what the subtype says, then by its description."""
        speaker, ports = self.speakers[node], self._ports[node].values()
        for row in speaker.lldp_ports:
            if (row.kind, row.id) == (kind, text) and (own := self.local_port(node, row.number)):
                return own
        mac = plain_mac(text)
        tests: dict[int, Callable[[Interface], bool]] = {
            MAC: lambda p: bool(mac) and plain_mac(p.mac) == mac,
            NAME: lambda p: text in (p.name, p.description),
            ALIAS: lambda p: text in (p.alias, p.name),
            LOCAL: lambda p: text in (str(p.index), p.name),
        }
        by_id = [port for port in ports if tests.get(kind, tests[NAME])(port)]
        by_description = [port for port in ports if description in (port.name, port.description)]
        for found in (by_id, by_description if description else []):
            if len(found) == 1:
                return found[0]
        return None

    def local_port(self, node: str, number: int) -> Interface | None:
        """The interface of a row of the device's own LLDP ports: by its id, by its description, or
        by its number, which is mostly the interface's."""
        speaker = self.speakers[node]
        row = next((row for row in speaker.lldp_ports if row.number == number), None)
        if row is not None:
            for port in self._ports[node].values():
                if row.kind == NAME and row.id == port.name:
                    return port
                if row.kind == LOCAL and row.id == str(port.index):
                    return port
            ports = self._ports[node].values()
            named = [p for p in ports if row.description in (p.name, p.description)]
            if row.description and len(named) == 1:
                return named[0]
        return self._ports[node].get(number)


def _keys(speaker: Speaker) -> Iterable[str]:
    for mac in (speaker.chassis, speaker.bridge, *(port.mac for port in speaker.interfaces)):
        if (plain := plain_mac(mac)) and not _SHARED.match(plain):
            yield f"mac {plain}"
    if speaker.name:
        yield f"name {_host(speaker.name)}"
    if speaker.chassis and not plain_mac(speaker.chassis):
        yield f"name {_host(speaker.chassis)}"
    if speaker.router_id:
        yield f"address {speaker.router_id}"
    for address in speaker.addresses:
        if not ipaddress.ip_address(address.address).is_loopback or address.prefix == 32:
            yield f"address {address.address}"


def physical(interface: Interface | None) -> str:
    """The name of the port that an interface is, or is a unit of."""
    if interface is None:
        return ""
    if interface.parent:
        return interface.parent
    stem, dot, unit = interface.name.rpartition(".")
    return stem if dot and unit.isdigit() else interface.name


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip())
    except ValueError:
        return False
    return True


@lru_cache(1 << 16)
def _host(name: str) -> str:
    """A host name as devices disagree on it: without domain, serial in brackets, or case. Some are
    named by an address, of which nothing is cut."""
    if _is_address(name):
        return name
    return name.partition("(")[0].partition(".")[0].strip().lower()
