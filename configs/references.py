"""References between entities: that each leads somewhere, and that nothing is there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from configs.document import Document
from configs.entities import Catalogue, Entities, Place
from configs.inventory import Node, Reachability
from configs.problem import Problem
from configs.settings import Settings
from configs.suggestion import Vocabulary


def reference_problems(entities: Entities, settings: Settings, main: Document) -> Iterator[Problem]:
    """References to nowhere, addresses given twice and links that lead back."""
    for site_place, site in entities.sites.written:
        yield from _missing(site_place, "province", site.province, entities.provinces)
    yield from _node_problems(entities, main)
    for link_place, link in entities.links.written:
        yield from _missing(link_place, "a", link.a, entities.nodes)
        yield from _missing(link_place, "b", link.b, entities.nodes)
        if link.a == link.b:
            yield link_place.problem(("b",), "link_to_itself", node=link.a)
    yield from _member_problems(entities)
    for position, monitor in enumerate(settings.monitors):
        if monitor not in entities.nodes.places:
            nearest = entities.nodes.vocabulary.nearest(monitor)
            yield main.problem(("monitors", position), "no_nodes", id=monitor).meaning(nearest)


def _missing(place: Place, step: str, name: str, catalogue: Catalogue[Any]) -> Iterator[Problem]:
    if name not in catalogue.places:
        nearest = catalogue.vocabulary.nearest(name)
        yield place.problem((step,), f"no_{catalogue.kind}", id=name).meaning(nearest)


def _node_problems(entities: Entities, main: Document) -> Iterator[Problem]:
    snmp, ssh = (_declared(main, kind) for kind in ("snmp", "ssh"))
    addresses: dict[tuple[str, int], tuple[Place, Node]] = {}
    for place, node in entities.nodes.written:
        yield from _missing(place, "site", node.site, entities.sites)
        name = node.credential
        if name is not None and name not in snmp:
            problem = place.problem(("credential",), "no_snmp_credential", id=name)
            yield problem.meaning(snmp.nearest(name))
        if node.ssh is not None and node.ssh.credential not in ssh:
            name = node.ssh.credential
            problem = place.problem(("ssh", "credential"), "no_ssh_credential", id=name)
            yield problem.meaning(ssh.nearest(name))
        if node.reachability is Reachability.SNMP and node.credential is None:
            yield place.problem(("reachability",), "reachability_needs_credential")
        if node.reachability is Reachability.SSH and node.ssh is None:
            yield place.problem(("reachability",), "reachability_needs_ssh")
        first, other = addresses.setdefault((node.address, node.port), (place, node))
        if first is not place:
            yield place.problem(
                ("address",),
                "duplicate_address",
                address=node.address,
                port=node.port,
                node=other.id,
                first=first,
            )


def _declared(main: Document, kind: str) -> Vocabulary:
    """The ids of the credentials in the file, also of those that are wrong in themselves."""
    data = main.data
    for step in ("credentials", kind):
        data = data.get(step) if isinstance(data, dict) else None
    return Vocabulary(data if isinstance(data, dict) else ())


def _member_problems(entities: Entities) -> Iterator[Problem]:
    catalogues: dict[str, Catalogue[Any]] = {"node": entities.nodes, "link": entities.links}
    for place, group in entities.groups.written:
        for position, member in enumerate(group.members):
            kind, colon, name = member.partition(":")
            step = ("members", position)
            if not colon or kind not in catalogues:
                yield place.problem(step, "member_form", member=member)
            elif name not in catalogues[kind].places:
                nearest = catalogues[kind].vocabulary.nearest(name)
                problem = place.problem(step, f"no_{catalogues[kind].kind}", id=name)
                yield problem.meaning(f"{kind}:{nearest}" if nearest else "")


def coverage_warnings(entities: Entities, settings: Settings, main: Document) -> Iterator[Problem]:
    """Sites and nodes of which nothing can be seen. Only worth telling when nothing else is
    wrong, since what is wrong would make many others seem cut off."""
    inhabited = {node.site for _, node in entities.nodes.written}
    for place, site in entities.sites.written:
        if site.id not in inhabited:
            yield place.problem((), "site_without_nodes", id=site.id).as_warning()
    if not settings.monitors:
        yield main.problem((), "no_monitors").as_warning()
        return
    neighbours = defaultdict(set)
    for _, link in entities.links.written:
        neighbours[link.a].add(link.b)
        neighbours[link.b].add(link.a)
    reached = set(settings.monitors)
    frontier = list(reached)
    while frontier:
        found = neighbours[frontier.pop()] - reached
        reached |= found
        frontier.extend(found)
    for place, node in entities.nodes.written:
        if node.id not in reached:
            yield place.problem((), "node_not_connected", id=node.id).as_warning()
