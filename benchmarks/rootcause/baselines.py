"""Rivals, written from their published descriptions. Each turns a case into roots to page.

None of them reads port states or knows what it does not know: a node without a word counts as up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from benchmarks.rootcause.injection import Case
from configs.inventory import Role
from topology.graph import Wan
from topology.outage import Root, RootKind
from topology.rootcause import diagnose

Verdict = Callable[[Case], list[Root]]


def _silent(case: Case) -> list[int]:
    wan = case.declared
    return sorted(wan.node_at[n] for n, answers in case.evidence.reachable.items() if not answers)


def _nodes(wan: Wan, found: list[int]) -> list[Root]:
    return [Root(RootKind.NODE, wan.nodes[n]) for n in found]


def ours(case: Case) -> list[Root]:
    """The diagnosis of the daemon."""
    faults = diagnose(case.declared, case.evidence).faults
    return [fault.root for fault in faults if fault.root.kind is not RootKind.MONITOR]


def none(case: Case) -> list[Root]:
    """Every silent node pages."""
    return _nodes(case.declared, _silent(case))


def all_parents_down(case: Case) -> list[Root]:
    """Nagios "Determining Status and Reachability of Network Hosts": a host whose parents are all
    down or unreachable is unreachable and does not page. Parents: the neighbours nearer to the
    monitor, as an administrator would have written them down."""
    wan, silent = case.declared, set(_silent(case))
    roots = []
    for n in sorted(silent, key=lambda n: wan.depth[n]):
        parents = wan.parents(n)
        if not parents or any(parent not in silent for parent in parents):
            roots.append(n)
    return _nodes(wan, roots)


def path_outage(case: Case) -> list[Root]:
    """OpenNMS "Path Outages": each node has one critical path; while the node at its end does not
    answer, the node's own outage is suppressed."""
    wan, silent = case.declared, set(_silent(case))
    roots = []
    for n in silent:
        parents = wan.parents(n)
        if not parents or min(parents) not in silent:
            roots.append(n)
    return _nodes(wan, sorted(roots))


def shadow(case: Case) -> list[Root]:
    """NAV's event engine: a box is in shadow when no path of boxes that are up leads from the
    monitor to one of its neighbours."""
    wan, silent = case.declared, _silent(case)
    live = wan.live(silent)
    doors = set(wan.monitors)
    return _nodes(
        wan, [n for n in silent if n in doors or any(live[far] for far, _ in wan.edges[n])]
    )


def inhibition(case: Case) -> list[Root]:
    """Alertmanager's `inhibit_rules`: an alert of a hub mutes those of the CPEs that carry the
    same province label, an alert of a core router mutes those of hubs."""
    wan, silent = case.declared, _silent(case)
    nodes = wan.inventory.nodes
    role = {n: nodes[wan.nodes[n]].role for n in silent}
    firing = {(role[n], wan.inventory.province_of(wan.nodes[n])) for n in silent}
    core = any(kind is Role.CORE for kind, _ in firing)
    roots = []
    for n in silent:
        area = wan.inventory.province_of(wan.nodes[n])
        if (role[n] is Role.CPE and (Role.HUB, area) in firing) or (role[n] is Role.HUB and core):
            continue
        roots.append(n)
    return _nodes(wan, roots)


def dbscan(case: Case) -> list[Root]:
    """Alarms grouped by DBSCAN (Ester et al. 1996; eps 2 hops, at least 2 alarms; noise pages by
    itself), and of each group the node nearest to the monitor pages."""
    wan, silent = case.declared, set(_silent(case))
    group: dict[int, int] = {}
    for start in sorted(silent):
        if start in group:
            continue
        group[start] = start
        queue = deque([start])
        while queue:
            for n in _within(wan, queue.popleft(), 2) & silent:
                if n not in group:
                    group[n] = start
                    queue.append(n)
    members: dict[int, list[int]] = {}
    for n, name in group.items():
        members.setdefault(name, []).append(n)
    return _nodes(wan, sorted(min(m, key=lambda n: (wan.depth[n], n)) for m in members.values()))


def _within(wan: Wan, start: int, hops: int) -> set[int]:
    found = {start}
    for _ in range(hops):
        found |= {far for n in found for far, _ in wan.edges[n]}
    return found


def risk_cover(case: Case) -> list[Root]:
    """Greedy risk-group cover (Kompella et al., "IP Fault Localization via Risk Modeling", NSDI
    2005): of nodes, links and groups with hit ratio 1, the one that explains most unexplained
    symptoms, until none is left. A risk's symptoms are the nodes that lose every path by it."""
    wan, silent = case.declared, set(_silent(case))
    words = case.evidence.reachable
    inventory = wan.inventory
    near = {n for s in silent for n in (s, *(far for far, _ in wan.edges[s]))}
    risks = [Root(RootKind.NODE, wan.nodes[n]) for n in sorted(near)]
    risks += [Root(RootKind.LINK, wan.links[k]) for n in sorted(silent) for _, k in wan.edges[n]]
    risks += [Root(RootKind.GROUP, g) for n in sorted(silent) for g in wan.groups_of[n]]
    reach: dict[Root, set[int]] = {}
    for risk in dict.fromkeys(risks):
        is_group = risk.kind is RootKind.GROUP
        members = inventory.groups[risk.id].members if is_group else (f"{risk.kind}:{risk.id}",)
        hurt = wan.behind(members)
        if all(words.get(node) is not True for node in hurt):
            reach[risk] = {wan.node_at[node] for node in hurt} & silent
    roots = []
    while silent and reach:
        best = max(reach, key=lambda risk: (len(reach[risk] & silent), str(risk.kind), risk.id))
        if not reach[best] & silent:
            break
        roots.append(best)
        silent -= reach.pop(best)
    return roots + _nodes(wan, sorted(silent))


RIVALS: dict[str, Verdict] = {
    "wanwatch": ours,
    "none": none,
    "manual parents, all down": all_parents_down,
    "path outage (one parent)": path_outage,
    "shadow (NAV's rule)": shadow,
    "label inhibition": inhibition,
    "DBSCAN, nearest pages": dbscan,
    "greedy risk-group cover": risk_cover,
}
