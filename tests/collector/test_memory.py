"""What is remembered of nodes, and what is logged of it."""

from __future__ import annotations

import logging

import pytest

from collector.failure import Failure
from collector.memory import MUTE_AFTER, Memory
from collector.sample import Facts, PollFailed, Reach, Sample
from collector.speaker import Speaker, Unheard
from configs.inventory import Reachability


def look(answered: bool) -> Reach:
    failure = None if answered else Failure.TIMEOUT
    return Reach("web1", 1.0, Reachability.SNMP, answered, failure=failure)


def noted(*samples: Sample) -> Memory:
    memory = Memory(1.0)
    for sample in samples:
        memory.note(sample)
    return memory


REFUSED = PollFailed("web1", 1.0, "wan", Failure.AUTHENTICATION, "unknown user name")


def test_a_wrong_passphrase_is_logged_once_by_name_and_once_when_it_is_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "collector")
    memory = noted(REFUSED, REFUSED, REFUSED)
    assert memory.refusing == {("web1", "snmp")}
    memory.note(look(True))
    memory.note(look(True))
    assert memory.refusing == set()
    assert [record.getMessage() for record in caplog.records] == [
        "credential refused: node=web1 over=snmp detail=unknown user name",
        "credential accepted again: node=web1 over=snmp",
    ]


def test_one_refusal_may_be_a_lost_packet(caplog: pytest.LogCaptureFixture) -> None:
    assert noted(REFUSED, look(True), REFUSED).refusing == set()
    assert not caplog.records


def test_a_timeout_between_says_nothing_about_a_credential() -> None:
    silent = PollFailed("web1", 2.0, "wan", Failure.TIMEOUT)
    assert noted(REFUSED, silent, look(False), REFUSED).refusing == {("web1", "snmp")}


def test_ssh_and_snmp_credentials_are_told_apart() -> None:
    refused_ssh = PollFailed("web1", 1.0, "ssh", Failure.AUTHENTICATION, "no")
    facts = Facts("web1", 2.0, "6.1", 5.0)
    both = [REFUSED, refused_ssh] * 2
    assert noted(*both, look(True)).refusing == {("web1", "ssh")}
    assert noted(*both, facts).refusing == {("web1", "snmp")}


def test_a_node_is_mute_after_misses_in_a_row() -> None:
    memory = noted(*[look(False)] * (MUTE_AFTER - 1), look(True))
    assert not memory.is_mute("web1")
    for _ in range(MUTE_AFTER):
        memory.note(look(False))
    assert memory.is_mute("web1")
    memory.note(look(True))
    assert not memory.is_mute("web1")


def test_who_is_forgotten_starts_anew() -> None:
    memory = noted(REFUSED, REFUSED, *[look(False)] * MUTE_AFTER)
    memory.forget({"web1"})
    assert memory.refusing == set()
    assert not memory.is_mute("web1")


def test_failures_are_counted_by_reason() -> None:
    memory = noted(REFUSED, look(False), look(False), look(True))
    assert memory.failures == {Failure.AUTHENTICATION: 1, Failure.TIMEOUT: 2}


def test_a_table_of_neighbours_that_cannot_be_read_is_logged_once_and_once_when_it_can(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "collector")
    odd = Speaker("web1", 1.0, unheard=(Unheard("lldp", "genErr at 1.0.8802"),))
    memory = noted(Speaker("web1", 0.0), odd, odd)
    assert memory.unheard == {"web1": {"lldp"}}
    memory.note(Speaker("web1", 2.0))
    memory.note(Speaker("web1", 3.0))
    assert memory.unheard == {}
    assert [record.getMessage() for record in caplog.records] == [
        "neighbours not heard: node=web1 table=lldp reason=genErr at 1.0.8802",
        "neighbours heard again: node=web1 table=lldp",
    ]
    memory = noted(odd)
    memory.forget({"web1"})
    assert memory.unheard == {}
