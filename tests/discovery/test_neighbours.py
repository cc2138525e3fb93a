"""Who is at the other end of a link."""

from __future__ import annotations

from collector.discovery.neighbours import (
    CDP,
    FDP,
    LOCAL,
    MNDP,
    REMOTE,
    REMOTE_TIMETRA,
    REMOTE_V2,
    neighbours,
)
from collector.discovery.reading import Reading
from collector.portrait import Port
from collector.snmp.ber import Value
from tests.discovery.recorded import HERE, Recorded


def port(index: int, name: str, description: str = "") -> Port:
    return Port(index, name, description or name, "", 6, "", None, "up", "up")


PORTS = {9: port(9, "Gi0/1", "GigabitEthernet0/1"), 2: port(2, "Gi0/2", "GigabitEthernet0/2")}


def announcement(columns: dict[str, str], index: str, **cells: Value) -> dict[str, Value]:
    return {f"{columns[name]}.{index}": cell for name, cell in cells.items()}


async def ends(values: dict[str, Value]) -> list[tuple[str, str, str]]:
    found = await neighbours(Reading(Recorded(values), HERE), PORTS)
    return [(n.local_port, n.remote_name, n.remote_port) for n in found]


async def test_the_local_port_is_the_one_that_the_agent_names() -> None:
    values = announcement(REMOTE, "0.2.1", name=b"hub", port=b"ge-0/0/1", port_kind=5)
    values |= {f"{LOCAL['id']}.2": b"GigabitEthernet0/1"}
    assert await ends(values) == [("Gi0/1", "hub", "ge-0/0/1")]


async def test_without_a_name_the_bridge_port_is_looked_up_before_the_ifindex() -> None:
    values = announcement(REMOTE, "0.2.1", name=b"hub", port=b"1", port_kind=7)
    assert await ends(values) == [("Gi0/2", "hub", "1")]
    assert await ends(values | {"1.3.6.1.2.1.17.1.4.1.2.2": 9}) == [("Gi0/1", "hub", "1")]


async def test_a_port_with_a_digit_that_is_no_number_is_called_so() -> None:
    values = announcement(REMOTE, "0.7.1", name=b"hub", port=b"1", port_kind=7)
    values |= {f"{LOCAL['id']}.7": "²".encode()}
    assert await ends(values) == [("²", "hub", "1")]


async def test_a_port_that_is_known_by_its_mac_is_written_as_one() -> None:
    values = announcement(REMOTE, "0.2.1", name=b"ap", port=b"\x00\x1b\x21abc", port_kind=3)
    assert await ends(values) == [("Gi0/2", "ap", "00:1b:21:61:62:63")]


async def test_a_neighbour_without_a_name_is_known_by_its_description() -> None:
    values = announcement(REMOTE, "0.2.1", descr=b"SIMATIC CP 443-1", port=b"port-001", port_kind=7)
    assert await ends(values) == [("Gi0/2", "SIMATIC CP 443-1", "port-001")]


async def test_the_newer_lldp_mib_has_the_ifindex_in_its_index() -> None:
    values = announcement(REMOTE_V2, "0.9.1.1", name=b"hub", port=b"1/1/50", port_kind=5)
    assert await ends(values) == [("Gi0/1", "hub", "1/1/50")]


async def test_cdp_is_heard_too() -> None:
    values = announcement(CDP, "2.1", name=b"core.example", port=b"Ethernet1/1", platform=b"N3K")
    assert await ends(values) == [("Gi0/2", "core.example", "Ethernet1/1")]


def made_by(maker: int) -> dict[str, Value]:
    return {"1.3.6.1.2.1.1.2.0": f"1.3.6.1.4.1.{maker}.1"}


async def test_the_announcements_of_foundry_are_heard_on_its_own_devices() -> None:
    values = announcement(FDP, "2.1", name=b"edge", port=b"ethernet1/1/1")
    assert await ends(values | made_by(1991)) == [("Gi0/2", "edge", "ethernet1/1/1")]
    assert await ends(values | made_by(9)) == []


async def test_nokia_has_a_table_of_lldp_by_ifindex() -> None:
    values = announcement(REMOTE_TIMETRA, "0.9.1.1", name=b"sar", port=b"1/1/1", port_kind=5)
    assert await ends(values | made_by(6527)) == [("Gi0/1", "sar", "1/1/1")]


async def test_a_neighbour_of_mikrotik_that_lldp_told_of_is_told_once() -> None:
    values = announcement(MNDP, "1", name=b"ap-1", platform=b"MikroTik", local=9)
    assert await ends(values | made_by(14988)) == [("Gi0/1", "ap-1", "")]
    values |= announcement(REMOTE_V2, "0.9.1.1", name=b"ap-1", port=b"ether1", port_kind=5)
    assert await ends(values | made_by(14988)) == [("Gi0/1", "ap-1", "ether1")]
