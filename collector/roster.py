"""The roster: every node of the inventory with all that is needed to ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.errors import AddressError, RosterError
from collector.icmp.engine import canonical
from collector.schedule import Kind
from collector.snmp.target import Target
from collector.ssh.login import Login
from collector.traps.sieve import Source
from configs.credentials import SnmpCredential, SshCredential
from configs.inventory import Inventory, Node, Reachability
from configs.settings import Polling


@dataclass(frozen=True, slots=True)
class Member:
    """`target` is None for a node without SNMP, `login` for one without SSH."""

    node: Node
    target: Target | None
    login: Login | None


def roster(
    inventory: Inventory,
    polling: Polling,
    snmp: Mapping[str, SnmpCredential],
    ssh: Mapping[str, SshCredential],
) -> dict[str, Member]:
    """Members by node id. Raises RosterError naming a node that cannot be asked as declared."""
    return {node.id: _member(node, polling, snmp, ssh) for node in inventory.nodes.values()}


def errands(members: Mapping[str, Member]) -> dict[Kind, list[str]]:
    """The nodes that have each kind of errand."""
    speak_snmp = [node for node, member in members.items() if member.target]
    return {
        Kind.REACHABILITY: list(members),
        Kind.COUNTERS: speak_snmp,
        Kind.SSH: [node for node, member in members.items() if member.login],
        Kind.NEIGHBOURS: speak_snmp,
        Kind.SURVEY: speak_snmp,
        Kind.VITALS: speak_snmp,
    }


def trap_sources(members: Mapping[str, Member]) -> dict[str, Source]:
    """Who may send notifications, by address; of several nodes at one address, the first."""
    sources: dict[str, Source] = {}
    for member in members.values():
        _, address = canonical(member.node.address)
        credential = member.target.credential if member.target else None
        sources.setdefault(address, Source(member.node.id, credential))
    return sources


def _member(
    node: Node,
    polling: Polling,
    snmp: Mapping[str, SnmpCredential],
    ssh: Mapping[str, SshCredential],
) -> Member:
    try:
        _, address = canonical(node.address)
    except AddressError:
        raise RosterError("address", node=node.id, address=node.address) from None
    target = None
    if node.credential is not None:
        credential = snmp.get(node.credential)
        if credential is None:
            raise RosterError("no_snmp_credential", node=node.id, credential=node.credential)
        target = Target(node.id, address, node.port, credential, polling.timeout_s, polling.retries)
    elif node.reachability is Reachability.SNMP:
        raise RosterError("snmp_without_credential", node=node.id)
    return Member(node, target, _login(node, address, ssh))


def _login(node: Node, address: str, ssh: Mapping[str, SshCredential]) -> Login | None:
    access = node.ssh
    if access is None:
        if node.reachability is Reachability.SSH:
            raise RosterError("ssh_without_access", node=node.id)
        return None
    credential = ssh.get(access.credential)
    if credential is None:
        raise RosterError("no_ssh_credential", node=node.id, credential=access.credential)
    return Login(node.id, address, access.port, access.style, access.platform, credential)
