"""Scenarios of `wanwatch diagnose`: a network and a list of observations in, outages out, as JSON.

Format, all times in seconds of one clock:
    {"name", "network": {"nodes": [{"id"}], "links": [{"id", "a", "b", "oper_follows"}],
     "groups": [{"id", "members": ["node:ID" | "link:ID"]}], "monitors": [id]},
     "now", "observations": [{"at", "node", "reachable"} | {"at", "node", "link", "oper"}]}
"""

from __future__ import annotations

from typing import Literal

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from configs.inventory import GroupKind, Inventory, Link, Node, Province, RiskGroup, Site, SiteKind
from topology.diagnosis import Diagnosis
from topology.errors import ScenarioError
from topology.evidence import Evidence
from topology.graph import Wan
from topology.outage import Root, RootKind
from topology.rootcause import diagnose

FRESH_S = 60.0  # what was observed longer ago is no longer known


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Node(_Part):
    id: str


class _Link(_Part):
    id: str
    a: str
    b: str
    oper_follows: bool = True


class _Group(_Part):
    id: str
    members: tuple[str, ...]


class _Network(_Part):
    nodes: tuple[_Node, ...]
    links: tuple[_Link, ...] = ()
    groups: tuple[_Group, ...] = ()
    monitors: tuple[str, ...]


class _Observation(_Part):
    at: float
    node: str
    reachable: bool | None = None
    link: str | None = None
    oper: Literal["up", "down"] | None = None


class Scenario(_Part):
    """A scenario as it is written."""

    name: str
    network: _Network
    now: float
    observations: tuple[_Observation, ...] = ()

    def wan(self) -> Wan:
        """The graph. Raises ScenarioError for a reference to nowhere."""
        nodes = {node.id for node in self.network.nodes}
        links = {link.id for link in self.network.links}
        for link in self.network.links:
            for end in (link.a, link.b):
                if end not in nodes:
                    raise ScenarioError(f"{self.name}: link {link.id!r} leads to no node {end!r}")
        known = {f"node:{node}" for node in nodes} | {f"link:{link}" for link in links}
        for group in self.network.groups:
            for member in group.members:
                if member not in known:
                    raise ScenarioError(
                        f"{self.name}: group {group.id!r} names {member!r}, "
                        "which is neither node:ID nor link:ID of the network"
                    )
        for monitor in self.network.monitors:
            if monitor not in nodes:
                raise ScenarioError(f"{self.name}: there is no node {monitor!r} to monitor from")
        inventory = Inventory(monitors=self.network.monitors)
        inventory.provinces[""] = Province("", "")
        for node in self.network.nodes:
            inventory.sites[node.id] = Site(node.id, node.id, SiteKind.COMMUNE, "")
            inventory.nodes[node.id] = Node(node.id, node.id, "")
        for link in self.network.links:
            inventory.links[link.id] = Link(link.id, link.a, link.b, oper_follows=link.oper_follows)
        for group in self.network.groups:
            inventory.groups[group.id] = RiskGroup(group.id, GroupKind.OTHER, group.members)
        return Wan(inventory)

    def evidence(self, wan: Wan) -> Evidence:
        """The newest fresh word on every node and port, whatever the order it is told in."""
        reachable: dict[str, tuple[float, bool]] = {}
        ports: dict[tuple[str, str], tuple[float, bool]] = {}
        for seen in self.observations:
            if self.now - seen.at > FRESH_S:
                continue
            if seen.link is not None and seen.oper is not None:
                key = seen.node, seen.link
                # Of two words at one moment the worse is believed.
                word = seen.at, seen.oper == "up"
                if key not in ports or (word[0], not word[1]) > (ports[key][0], not ports[key][1]):
                    ports[key] = word
            elif seen.reachable is not None:
                told = seen.at, seen.reachable
                old = reachable.get(seen.node)
                if old is None or (told[0], not told[1]) > (old[0], not old[1]):
                    reachable[seen.node] = told
        expected = {
            (node, wan.links[link])
            for node, (_, answers) in reachable.items()
            if answers and node in wan.node_at
            for _, link in wan.edges[wan.node_at[node]]
        }
        heard = len(expected & ports.keys())
        return Evidence(
            {node: answers for node, (_, answers) in reachable.items()},
            {port: is_up for port, (_, is_up) in ports.items()},
            port_loss=1.0 - heard / len(expected) if heard else None,
        )


def answer(text: str | bytes) -> str:
    """The verdict on a scenario, both as JSON. Raises ScenarioError when it cannot be read."""
    try:
        scenario = Scenario.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the scenario"
        raise ScenarioError(f"{place}: {first['msg']}") from None
    wan = scenario.wan()
    evidence = scenario.evidence(wan)
    return _written(scenario.name, wan, evidence, diagnose(wan, evidence))


def _written(name: str, wan: Wan, evidence: Evidence, diagnosis: Diagnosis) -> str:
    outages = [
        {
            "root": _root(fault.root),
            "alternatives": [_root(root) for root in fault.alternatives],
            "shadowed": list(fault.shadowed),
            "confidence": round(fault.confidence, 3),
        }
        for fault in diagnosis.faults
        if fault.root.kind is not RootKind.MONITOR
    ]
    unknown = [
        node for node in wan.nodes if node not in evidence.reachable and node not in diagnosis.dark
    ]
    return orjson.dumps({"name": name, "outages": outages, "unknown": unknown}).decode()


def _root(root: Root) -> dict[str, str]:
    return {"kind": str(root.kind), "id": root.id}
