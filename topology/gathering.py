"""Evidence from looks, ports and words on power. All of it has an age, and what is older than the
silence that it would contradict is no evidence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from topology.confirmation import Watch
from topology.evidence import Evidence
from topology.graph import Wan
from topology.ports import Ports
from topology.signs import Signs


def gather(
    wan: Wan,
    watch: Watch,
    ports: Ports,
    signs: Signs,
    shown: Mapping[str, float],
    known_out: Iterable[str] = (),
) -> tuple[Evidence, set[str]]:
    """(the evidence as it stands, nodes that must be asked again for their answers are too old).
    `shown` as in `Evidence`; `known_out`: links that had failed by themselves before the start."""
    reachable: dict[str, bool] = {}
    onset: dict[str, float] = {}
    heard: dict[str, float] = {}
    for node, look in watch.looks.items():
        if look.word is None:
            continue
        since = look.silent_since
        spoke = look.spoke_at is not None and since is not None and look.spoke_at > since
        reachable[node] = look.word or spoke
        if not reachable[node] and since is not None:
            onset[node] = since
            heard[node] = max(look.alive_at, look.heard_at)
    stale = _outdated(wan, watch, reachable, onset)
    for node in stale:
        del reachable[node]
    said = {}
    broke: dict[str, tuple[float, float]] = {}
    out = set(known_out)
    for (node, link), (is_up, at) in ports.words.items():
        declared = wan.inventory.links[link]
        far = declared.b if declared.a == node else declared.a
        if not reachable.get(node):
            continue
        if is_up:  # of a far end that fell silent later it proves nothing
            holds = reachable.get(far) or at > onset.get(far, math.inf)
        else:  # said before one of its ends came back, it is old news
            holds = not any(watch.looks[end].came_back_since(at) for end in (node, far))
        if holds:
            said[node, link] = is_up
        if holds and not is_up:
            ends = [watch.looks[node], watch.looks[far]]
            since = ports.down_since[node, link]
            by = ports.failed_by.get((node, link), max(since, *(end.returned_at for end in ends)))
            if min(end.alive_at for end in ends) > since:
                out.add(link)
                ports.failed_by[node, link] = by
            first, last = broke.get(link, (-math.inf, math.inf))
            last = min(last, by)
            broke[link] = min(max(first, ports.up_until.get((node, link), first)), last), last
    evidence = Evidence(
        reachable,
        said,
        onset,
        battery=signs.batteries(watch.looks),
        mains=signs.fed(watch.looks),
        restarted=signs.returns(restarted=True),
        ran_on=frozenset(signs.returns(restarted=False)),
        heard=heard,
        out=out,
        broke=broke,
        shown={node: at for node, at in shown.items() if node in onset},
    )
    return evidence, stale


def _outdated(
    wan: Wan, watch: Watch, reachable: dict[str, bool], onset: dict[str, float]
) -> set[str]:
    """Nodes that last answered before the region that they would be cut off with fell silent."""
    silent = [wan.node_at[node] for node, answers in reachable.items() if not answers]
    found: set[str] = set()
    if not silent:
        return found
    for region, border in wan.regions(wan.live(silent)):
        cut_at = max((onset.get(wan.nodes[n], -math.inf) for n in border), default=-math.inf)
        sure_at = cut_at + watch.settings.reprobe_s  # two looks on their way pass each other
        for node in (wan.nodes[n] for n in region):
            if reachable.get(node) and watch.looks[node].alive_at <= sure_at:
                found.add(node)
    return found
