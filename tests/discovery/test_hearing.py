"""A device that breaks the protocol in one of its tables of neighbours is heard in all others."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.discovery import announcements, bridging, routing
from collector.discovery.addresses import BGP_COLUMNS, IPV4_COLUMNS, OSPF_COLUMNS
from collector.discovery.identity import SYS_NAME
from collector.discovery.ports import COLUMNS as PORTS
from collector.discovery.reading import Reading
from collector.discovery.speaking import speak
from collector.errors import SnmpTimeoutError
from collector.snmp import ber
from collector.snmp.ber import Value
from collector.snmp.engine import SnmpEngine
from collector.snmp.message import Pdu
from collector.snmp.target import Target
from collector.speaker import TABLES, Speaker
from tests.snmp.conftest import community, free_port, wait_until_it_answers
from tests.snmp.scripted import Answer, Objects, ScriptedAgent

MAC, OTHER = b"\x00\x1b\x21\x00\x00\x07", b"\x00\x1b\x21\x00\x00\x09"
MOST_ROWS = 200
GEN_ERR = 5
ROUTE = "1.4.10.0.0.0.8.2.0.0.1.4.192.0.2.2"
SAID: dict[str, Value] = {
    SYS_NAME: b"device",
    announcements.CHASSIS[0][0]: 4,
    announcements.CHASSIS[0][1]: MAC,
    f"{PORTS['descr']}.1": b"eth0",
    f"{PORTS['descr']}.2": b"eth1",
    f"{PORTS['descr']}.7": b"bond0",
    f"{PORTS['type']}.7": bridging.AGGREGATE,
    f"{IPV4_COLUMNS['if_index']}.192.0.2.1": 1,
    f"{announcements.LOCAL['kind']}.1": 5,
    f"{announcements.LOCAL['id']}.1": b"eth0",
    f"{announcements.REMOTE['chassis_kind']}.0.1.1": 4,
    f"{announcements.REMOTE['chassis']}.0.1.1": OTHER,
    f"{announcements.REMOTE['name']}.0.1.1": b"hub",
    f"{announcements.CDP['name']}.2.5": b"core",
    f"{announcements.CDP['port']}.2.5": b"Gi0/1",
    f"{OSPF_COLUMNS['state']}.192.0.2.2.0": 8,
    f"{BGP_COLUMNS['state']}.192.0.2.2": 6,
    bridging.ADDRESS: MAC,
    f"{bridging.BRIDGE_PORTS}.1": 1,
    f"{bridging.ATTACHED}.1": 7,
    f"{bridging.FDB['port']}.0.27.33.0.0.9": 1,
    f"{bridging.FDB['status']}.0.27.33.0.0.9": bridging.LEARNED,
    f"{routing.MET['mac']}.1.192.0.2.2": OTHER,
    f"{routing.ANY_ROUTES['if_index']}.{ROUTE}": 1,
    f"{routing.ANY_ROUTES['kind']}.{ROUTE}": routing.REMOTE,
}
BROKEN = {
    "interfaces": PORTS["descr"],
    "addresses": IPV4_COLUMNS["if_index"],
    "lldp": announcements.REMOTE["chassis"],
    "cdp": announcements.CDP["name"],
    "stp": bridging.BRIDGE_PORTS,
    "ospf": OSPF_COLUMNS["state"],
    "bgp": BGP_COLUMNS["state"],
    "members": bridging.ATTACHED,
    "fdb": bridging.FDB["port"],
    "route": routing.ANY_ROUTES["if_index"],
    "arp": routing.MET["mac"],
}
LEFT_ALONE = {"fdb", "route", "arp"}  # where they are long, nothing is wrong with them
NEED = {"interfaces": {"members"}, "addresses": {"arp"}}
FAULTS = {
    "silence": "no answer",
    "noise": "malformed answer",
    "loop": "comes too late in its column",
    "genErr": "genErr at",
    "endless": f"more than {MOST_ROWS} rows",
}


def objects() -> Objects:
    return {
        oid: (ber.OCTET_STRING, value)
        if isinstance(value, bytes)
        else (ber.INTEGER, ber.encode_integer(value)[2:])  # type: ignore[arg-type]
        for oid, value in SAID.items()
    }


class Odd(ScriptedAgent):
    """Breaks the protocol by `fault` where it is asked for anything below `root`, and falls silent
    for good after `life` requests."""

    def __init__(self, fault: str = "", root: str = "", life: int = 10_000) -> None:
        super().__init__(objects(), community(), script=self.odd)
        self.fault, self.root, self.life = fault, ber.parse_oid(root) if root else None, life
        self.touched = 0

    def below(self, oid: ber.Oid) -> bool:
        return self.root is not None and oid[: len(self.root)] == self.root

    def execute(self, pdu: Pdu, payload: bytes) -> Answer:
        answer = super().execute(pdu, payload)
        places = enumerate((ber.decode_oid(bind[0]) for bind in pdu.binds), 1)
        self.touched = next((place for place, oid in places if self.below(oid)), 0)
        if self.touched and self.fault == "genErr":
            return replace(answer, error_status=GEN_ERR, error_index=self.touched, binds=[])
        return answer

    def after(self, oid: ber.Oid) -> tuple[ber.Oid, int, bytes]:
        if self.below(oid) and self.fault == "loop":
            return super().after(self.root or ())
        if self.below(oid) and self.fault == "endless":
            place = (*oid, 1) if oid == self.root else (*oid[:-1], oid[-1] + 1)
            return place, ber.INTEGER, b"\1"
        return super().after(oid)

    @staticmethod
    def odd(agent: ScriptedAgent, answer: Answer) -> Iterator[bytes]:
        assert isinstance(agent, Odd)
        dead = len(agent.requests) > agent.life
        if not dead and not (agent.touched and agent.fault == "silence"):
            yield b"\x30" if agent.touched and agent.fault == "noise" else agent.encode(answer)


@pytest.fixture
async def engine() -> AsyncIterator[SnmpEngine]:
    async with SnmpEngine(max_rows=MOST_ROWS) as engine:
        yield engine


async def heard(engine: SnmpEngine, agent: Odd, retries: int = 0) -> Speaker:
    target = agent.target(timeout_s=0.1, retries=retries)
    return await speak(Reading(engine, target), "device", 5.0)


def fields(speaker: Speaker, *tables: str) -> dict[str, object]:
    return {field: getattr(speaker, field) for table in tables for field in TABLES[table]}


@pytest.mark.parametrize(
    ("table", "fault"),
    [(t, f) for t in BROKEN for f in FAULTS if f != "endless" or t not in LEFT_ALONE],
)
async def test_a_table_that_breaks_the_protocol_costs_no_other(
    engine: SnmpEngine, table: str, fault: str
) -> None:
    async with Odd() as agent:
        whole = await heard(engine, agent)
    async with Odd(fault, BROKEN[table]) as agent:
        odd = await heard(engine, agent)
    lacking = {table} | NEED.get(table, set())
    others = TABLES.keys() - lacking
    assert whole.unheard == ()
    assert all(fields(whole, *BROKEN).values())
    assert fields(odd, *others) == fields(whole, *others)
    assert {lack.table for lack in odd.unheard} == lacking
    assert FAULTS[fault] in odd.unheard[0].reason
    assert odd.name == "device"


@pytest.mark.parametrize("retries", [0, 1])
@pytest.mark.parametrize("life", [0, 1, 2, 3, 5, 7])
async def test_a_device_that_dies_is_not_waited_for_at_each_of_its_tables(
    engine: SnmpEngine, life: int, retries: int
) -> None:
    async with Odd(life=life) as agent:
        with pytest.raises(SnmpTimeoutError):
            await heard(engine, agent, retries)
        in_vain = len(agent.requests) - life
    assert in_vain == (2 if life else 1) * (1 + retries)


async def test_several_tables_that_hang_cost_no_other(engine: SnmpEngine) -> None:
    async with Odd("silence", "1.3.6.1.2.1.17") as agent:  # all of BRIDGE-MIB and Q-BRIDGE-MIB
        odd = await heard(engine, agent)
    assert {lack.table for lack in odd.unheard} == {"stp", "fdb"}
    assert odd.lldp
    assert odd.next_hops


async def test_an_interface_keeps_its_names_though_the_agent_cannot_tell_one_column(
    engine: SnmpEngine,
) -> None:
    async with Odd("genErr", PORTS["type"]) as agent:
        odd = await heard(engine, agent)
    assert [port.name for port in odd.interfaces] == ["eth0", "eth1", "bond0"]
    assert odd.unheard == ()


async def test_what_is_too_long_was_heard_and_what_loops_was_not(engine: SnmpEngine) -> None:
    async with Odd("endless", bridging.FDB["port"]) as agent:
        assert (await heard(engine, agent)).unheard == ()
    async with Odd("loop", bridging.FDB["port"]) as agent:
        (lack,) = (await heard(engine, agent)).unheard
    assert (lack.table, lack.heard_at, lack.whole) == ("fdb", None, False)


@pytest.fixture
def looping(tmp_path: Path) -> Iterator[int]:
    """The port of net-snmp's agent with a CDP table that goes on in circles."""
    program = shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin")
    if program is None:
        pytest.skip("needs the program snmpd (apt install snmpd)")
    table, script = announcements.CDP["name"].rpartition(".")[0], tmp_path / "cdp"
    script.write_text(f"#!/bin/sh\nprintf '.{table}.6.2.5\\nstring\\ncore\\n'\n")
    script.chmod(0o755)
    (tmp_path / "conf").write_text(f"rocommunity public\nsysName odd\npass .{table} {script}\n")
    port = free_port()
    command = [program, "-f", "-Lf", f"{tmp_path}/log", "-C", "-c", f"{tmp_path}/conf"]
    process = subprocess.Popen(
        [*command, f"127.0.0.1:{port}"],
        env={**os.environ, "SNMP_PERSISTENT_DIR": str(tmp_path), "MIBS": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(port, tmp_path / "log")
        yield port
    finally:
        process.terminate()
        process.wait(5)


async def test_a_real_agent_with_a_table_that_loops_is_heard_in_the_others(
    engine: SnmpEngine, looping: int
) -> None:
    target = Target("odd", "127.0.0.1", looping, community(), timeout_s=0.3, retries=0)
    odd = await speak(Reading(engine, target), "odd", 5.0)
    assert [lack.table for lack in odd.unheard] == ["cdp"]
    assert odd.name == "odd"
    assert "lo" in {port.name for port in odd.interfaces}
    assert "127.0.0.1" in {each.address for each in odd.addresses}
