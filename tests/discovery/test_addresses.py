"""Addresses and routing neighbours."""

from __future__ import annotations

from collector.discovery.addresses import addresses, peers
from collector.discovery.reading import Reading
from collector.portrait import Address, Peer
from tests.discovery.recorded import HERE, Recorded


async def test_the_old_table_gives_ipv4_with_the_length_of_its_mask() -> None:
    values = {
        "1.3.6.1.2.1.4.20.1.2.10.0.0.1": 3,
        "1.3.6.1.2.1.4.20.1.3.10.0.0.1": "255.255.255.252",
    }
    assert await addresses(Reading(Recorded(values), HERE)) == (Address("10.0.0.1", 30, 3),)


async def test_the_new_table_gives_ipv6_too_and_nothing_twice() -> None:
    v6 = "2.16." + ".".join(str(octet) for octet in bytes.fromhex("20010db8" + "00" * 11 + "01"))
    values = {
        "1.3.6.1.2.1.4.20.1.2.10.0.0.1": 3,
        "1.3.6.1.2.1.4.34.1.3.1.4.10.0.0.1": 3,
        f"1.3.6.1.2.1.4.34.1.3.{v6}": 4,
        f"1.3.6.1.2.1.4.34.1.5.{v6}": "1.3.6.1.2.1.4.32.1.5.4.2.16.32.1.64",
    }
    found = await addresses(Reading(Recorded(values), HERE))
    assert found == (Address("10.0.0.1", None, 3), Address("2001:db8::1", 64, 4))


async def test_bgp_and_ospf_neighbours_are_told_with_the_names_of_their_states() -> None:
    values = {
        "1.3.6.1.2.1.15.3.1.1.192.0.2.1": "192.0.2.255",
        "1.3.6.1.2.1.15.3.1.2.192.0.2.1": 6,
        "1.3.6.1.2.1.15.3.1.3.192.0.2.1": 2,
        "1.3.6.1.2.1.15.3.1.9.192.0.2.1": 64500,
        "1.3.6.1.2.1.14.10.1.3.10.0.0.2.0": "10.255.0.2",
        "1.3.6.1.2.1.14.10.1.6.10.0.0.2.0": 8,
    }
    assert await peers(Reading(Recorded(values), HERE)) == (
        Peer("bgp", "192.0.2.1", "192.0.2.255", "established", 64500, True),
        Peer("ospf", "10.0.0.2", "10.255.0.2", "full"),
    )
