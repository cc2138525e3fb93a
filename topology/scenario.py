"""Scenarios of `wanwatch diagnose`: a network and a list of observations in, outages out, as JSON.

Format, all times in seconds of one clock:
    {"name", "network": {"nodes": [{"id"}], "links": [{"id", "a", "b", "oper_follows"}],
     "groups": [{"id", "members": ["node:ID" | "link:ID"]}], "monitors": [id]},
     "now", "observations": [{"at", "node", "reachable"} | {"at", "node", "link", "oper"}
                             | {"at", "node", "mains"} | {"at", "node", "restarted"}]}
Also, where they are known: "site" of a node, "kind" of a group (power, duct, carrier). `mains` is
what a UPS says of its input; `restarted`, whether a node that was silent had started anew when it
was back at that moment. An outage has "clues" where such words speak for its root.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from configs.inventory import GroupKind, Inventory, Link, Node, Province, RiskGroup, Site, SiteKind
from topology.diagnosis import Diagnosis, Fault
from topology.errors import ScenarioError
from topology.evidence import Evidence
from topology.graph import Wan
from topology.outage import Root, RootKind
from topology.rootcause import diagnose

FRESH_S = 60.0  # what was observed longer ago is no longer known


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _Node(_Part):
    id: str
    site: str = ""


class _Link(_Part):
    id: str
    a: str
    b: str
    oper_follows: bool = True


class _Group(_Part):
    id: str
    members: tuple[str, ...]
    kind: GroupKind = GroupKind.OTHER


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
    mains: bool | None = None
    restarted: bool | None = None


class Scenario(_Part):
    """A scenario as it is written."""

    name: str
    network: _Network
    now: float
    observations: tuple[_Observation, ...] = ()

    def wan(self) -> Wan:
        """The graph. Raises ScenarioError for a reference to nowhere."""
        nodes = self._ids("node", self.network.nodes)
        links = self._ids("link", self.network.links)
        self._ids("group", self.network.groups)
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
            site = node.site or node.id
            inventory.sites[site] = Site(site, site, SiteKind.COMMUNE, "")
            inventory.nodes[node.id] = Node(node.id, site, "")
        for link in self.network.links:
            inventory.links[link.id] = Link(link.id, link.a, link.b, oper_follows=link.oper_follows)
        for group in self.network.groups:
            inventory.groups[group.id] = RiskGroup(group.id, group.kind, group.members)
        return Wan(inventory)

    def _ids(self, kind: str, parts: Iterable[_Node | _Link | _Group]) -> set[str]:
        """Raises ScenarioError where two have one id: the verdict could not tell them apart."""
        ids: set[str] = set()
        for part in parts:
            if part.id in ids:
                raise ScenarioError(f"{self.name}: there are two {kind}s {part.id!r}")
            ids.add(part.id)
        return ids

    def evidence(self, wan: Wan) -> Evidence:
        """The newest fresh word on every node and port, whatever the order it is told in; what is
        said of nodes and links that are not in the network counts for nothing."""
        fresh = [
            seen
            for seen in self.observations
            if self.now - seen.at <= FRESH_S
            and seen.node in wan.node_at
            and (seen.link is None or seen.link in wan.link_at)
        ]
        reachable = _newest((o.node, o.at, o.reachable) for o in fresh if o.link is None)
        ports = _newest(
            ((o.node, o.link), o.at, None if o.oper is None else o.oper == "up")
            for o in fresh
            if o.link is not None
        )
        mains = _newest((o.node, o.at, o.mains) for o in fresh)
        ran_on = _newest(
            (o.node, o.at, None if o.restarted is None else not o.restarted) for o in fresh
        )
        expected = {
            (node, wan.links[link])
            for node, (_, answers) in reachable.items()
            if answers
            for _, link in wan.edges[wan.node_at[node]]
        }
        heard = len(expected & ports.keys())
        return Evidence(
            {node: answers for node, (_, answers) in reachable.items()},
            {port: is_up for port, (_, is_up) in ports.items()},
            port_loss=1.0 - heard / len(expected) if heard else None,
            battery={node: None for node, (_, there) in mains.items() if not there},
            mains=frozenset(node for node, (_, there) in mains.items() if there),
            restarted={node: at for node, (at, ran) in ran_on.items() if not ran},
            ran_on=frozenset(node for node, (_, ran) in ran_on.items() if ran),
        )


K = TypeVar("K")


def _newest(words: Iterable[tuple[K, float, bool | None]]) -> dict[K, tuple[float, bool]]:
    """Per subject when it was last spoken of and what was said. Of two words at one moment the
    worse is believed; None is no word."""
    found: dict[K, tuple[float, bool]] = {}
    for subject, at, good in words:
        if good is None:
            continue
        if subject not in found or (at, not good) > (found[subject][0], not found[subject][1]):
            found[subject] = at, good
    return found


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
        | ({"clues": _clues(fault)} if fault.clues else {})
        for fault in diagnosis.faults
        if fault.root.kind is not RootKind.MONITOR
    ]
    unknown = [
        node for node in wan.nodes if node not in evidence.reachable and node not in diagnosis.dark
    ]
    return orjson.dumps({"name": name, "outages": outages, "unknown": unknown}).decode()


def _clues(fault: Fault) -> list[dict[str, str]]:
    return [{"sign": str(clue.sign), "node": clue.node} for clue in fault.clues]


def _root(root: Root) -> dict[str, str]:
    return {"kind": str(root.kind), "id": root.id}
