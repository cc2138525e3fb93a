"""Links between hosts that run Debian's lldpd and snmpd, where cables are pulled for real."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from collector.discovery.reading import Reading
from collector.discovery.speaking import speak
from collector.snmp.engine import SnmpEngine
from collector.snmp.target import Target
from collector.speaker import Speaker
from configs.credentials import SnmpCredential
from tests.collector.hosts import Host, hosts, plug, switch_off, unplug
from topology.fusion import PHYSICAL, fuse

WITHIN_S = 30.0
PUBLIC = SnmpCredential("public", community="public")


@pytest.fixture
def ring() -> Iterator[dict[str, Host]]:
    """Four hosts in a ring, the first two joined twice."""
    with TemporaryDirectory(prefix="ww") as folder:  # sockets have short paths
        Path(folder).chmod(0o755)
        with hosts(Path(folder), "ha", "hb", "hc", "hd") as made:
            a, b, c, d = made.values()
            plug(a, "p1", b, "p1")
            plug(a, "p2", b, "p2")
            plug(b, "p3", c, "p1")
            plug(c, "p2", d, "p1")
            plug(d, "p2", a, "p3")
            yield made


async def heard(host: Host) -> Speaker:
    target = Target(host.name, "127.0.0.1", 161, PUBLIC, timeout_s=2.0, retries=2)
    async with SnmpEngine() as engine:
        return await speak(Reading(engine, target), host.name, 0.0)


def links(ring: dict[str, Host]) -> dict[str, float]:
    """The cables that the hosts tell of now, with their confidence, and strangers with none."""
    found = fuse([host.inside(partial(heard, host)) for host in ring.values()])
    strangers = {f"{one.seen_by} {one.name}": 0.0 for one in found.strangers}
    return strangers | {
        f"{edge.a.node}.{edge.a.port} {edge.b.node}.{edge.b.port}": edge.confidence
        for edge in found.edges
        if PHYSICAL.intersection(edge.sources)
    }


def become(ring: dict[str, Host], *expected: str) -> None:
    """Waits until the cables are these and both ends tell of them."""
    until = time.monotonic() + WITHIN_S
    while (found := links(ring)) != dict.fromkeys(expected, 0.9975):
        assert time.monotonic() < until, found
        time.sleep(0.3)


@pytest.mark.timeout(120)
def test_cables_are_found_lost_and_found_again_where_they_were_plugged_in(
    ring: dict[str, Host],
) -> None:
    whole = ["ha.p1 hb.p1", "ha.p2 hb.p2", "hb.p3 hc.p1", "hc.p2 hd.p1", "ha.p3 hd.p2"]
    become(ring, *whole)
    switch_off(ring["hb"], "p2")
    become(ring, *(link for link in whole if link != "ha.p2 hb.p2"))
    unplug(ring["hc"], "p2")
    plug(ring["hb"], "p4", ring["hd"], "p1")
    become(ring, "ha.p1 hb.p1", "hb.p3 hc.p1", "hb.p4 hd.p1", "ha.p3 hd.p2")
