"""Whoever sees a link go says so, from its own address, in its own version."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import ntfrcv
from pysnmp.proto.api import v2c

from configs.inventory import Link
from lab import ber
from lab.country import build
from lab.device import Wiring, device
from lab.faults import Faults
from lab.fleet import Fleet
from lab.mib import engine_id, objects
from lab.nation import V2C, V3
from lab.write import secrets
from tests.lab.conftest import ask, running

TRAP_OID, IF_INDEX = "1.3.6.1.6.3.1.1.4.1.0", "1.3.6.1.2.1.2.2.1.1"
COLD_START, LINK_DOWN, LINK_UP = (f"1.3.6.1.6.3.1.1.5.{n}" for n in (1, 3, 4))
ON_BATTERY, ALARM_REMOVED = (f"1.3.6.1.2.1.33.2.{n}" for n in (1, 4))
NATION = build(1, 68)


class Receiver:
    """pysnmp's notification receiver, with the users of the given nodes' engines."""

    def __init__(self, directory: Path, *nodes: str) -> None:
        shared = secrets(directory)
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        self.port = sock.getsockname()[1]
        self.got: asyncio.Queue[tuple[str, str, dict[str, str]]] = asyncio.Queue()
        self.engine = engine.SnmpEngine()
        config.add_transport(
            self.engine, udp.DOMAIN_NAME, udp.UdpTransport().open_server_mode(sock=sock)
        )
        config.add_v1_system(self.engine, "fleet", shared.community)
        wiring = Wiring(NATION)
        for node in nodes:
            config.add_v3_user(
                self.engine,
                shared.username,
                config.USM_AUTH_HMAC96_SHA,
                shared.auth_passphrase,
                config.USM_PRIV_CFB128_AES,
                shared.priv_passphrase,
                securityEngineId=v2c.OctetString(
                    engine_id(device(wiring, NATION.inventory.nodes[node]))
                ),
            )
        ntfrcv.NotificationReceiver(self.engine, self._receive)

    def __enter__(self) -> Receiver:
        return self

    def __exit__(self, *error: object) -> None:
        self.engine.close_dispatcher()

    def _receive(
        self, engine: Any, reference: Any, context: Any, name: Any, bindings: Any, extra: Any
    ) -> None:
        _, (address, _) = engine.message_dispatcher.get_transport_info(reference)
        values = {str(oid): str(value) for oid, value in bindings}
        self.got.put_nowait((address, values[TRAP_OID], values))

    async def next(self) -> tuple[str, str, dict[str, str]]:
        return await asyncio.wait_for(self.got.get(), 5)


def spur(credential: str) -> Link:
    """The only link of a commune, below a hub router with this credential, that ports follow."""
    inventory = NATION.inventory
    uplinks = Counter(link.b for link in inventory.links.values())
    return next(
        link
        for link in inventory.links.values()
        if link.oper_follows
        and link.a.startswith("hub")
        and link.b.startswith("cpe")
        and uplinks[link.b] == 1
        and inventory.nodes[link.a].credential == credential
    )


@pytest.mark.parametrize("credential", [V2C, V3])
async def test_a_cut_link_is_told_by_its_upper_end_and_its_mending_by_both(
    tmp_path: Path, credential: str
) -> None:
    link = spur(credential)
    upper, lower = (NATION.inventory.nodes[end].address for end in (link.a, link.b))
    with Receiver(tmp_path, link.a, link.b) as receiver:
        async with running(tmp_path, communes=68, trap_port=receiver.port) as lab:
            await ask(lab, "fail", f"link:{link.id}")
            address, oid, values = await receiver.next()
            assert (address, oid) == (upper, LINK_DOWN)
            index = next(value for oid, value in values.items() if oid.startswith(IF_INDEX + "."))
            assert values[f"1.3.6.1.2.1.2.2.1.8.{index}"] == "2"
            await ask(lab, "heal")
            told = {(await receiver.next())[:2] for _ in range(2)}
            assert told == {(upper, LINK_UP), (lower, LINK_UP)}


async def test_a_node_that_was_switched_on_again_sends_a_cold_start(tmp_path: Path) -> None:
    with Receiver(tmp_path) as receiver:
        async with running(tmp_path, communes=68, trap_port=receiver.port) as lab:
            await ask(lab, "fail", "node:hub-04-r1")
            await ask(lab, "heal")
            while (told := await receiver.next())[1] != COLD_START:
                pass
            assert told[0] == "127.64.4.1"


async def test_a_ups_tells_when_its_mains_go_and_when_they_are_back(tmp_path: Path) -> None:
    with Receiver(tmp_path) as receiver:
        async with running(tmp_path, communes=68, trap_port=receiver.port) as lab:
            await ask(lab, "fail", "mains:hub-04")
            assert (await receiver.next())[:2] == ("127.64.4.1", ON_BATTERY)
            truth = await ask(lab, "truth")
            assert truth["silent"] == []
            assert [(root["kind"], root["visible"]) for root in truth["roots"]] == [("mains", True)]
            await ask(lab, "heal")
            address, oid, values = await receiver.next()
            assert (address, oid) == ("127.64.4.1", ALARM_REMOVED)
            assert "1.3.6.1.2.1.33.1.6.3.2" in values.values()


def test_the_output_of_a_ups_comes_from_the_battery_while_there_are_no_mains(
    tmp_path: Path,
) -> None:
    fleet = Fleet(NATION, secrets(tmp_path))
    faults = Faults(NATION.inventory)

    def source(node: str) -> bytes | None:
        names, values = objects(fleet.device(node))
        found = dict(zip(names, values, strict=True)).get((1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0))
        assert found is None or isinstance(found, bytes)
        return found

    assert source("hub-04-r1") == ber.integer(3)
    assert source("hub-04-r2") is None
    changes = fleet.apply(faults.fail(["mains:hub-04"]))
    assert [made.node.id for made in changes.mains] == ["hub-04-r1"]
    assert source("hub-04-r1") == ber.integer(5)
    assert source("hub-08-r1") == ber.integer(3)
    fleet.apply(faults.fail(["group:power-hub-04"]))
    assert fleet.apply(faults.heal(["mains:hub-04"])).mains == []  # it is dead and says nothing
    assert source("hub-04-r1") == ber.integer(3)
