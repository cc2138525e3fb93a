"""The API's JSON, as pydantic models: what integrators and the console may rely on.

All sizes SI, ratios 0..1, times RFC 3339 in UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

State = Literal["UP", "DOWN", "UNREACHABLE", "UNKNOWN"]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class CoverageOut(Model):
    """Counts of sites; `ratio` is up / total."""

    total: int
    up: int
    down: int
    unreachable: int
    unknown: int
    maintenance: int
    ratio: float


class ProvinceOut(Model):
    id: str
    name: str
    code: str
    coverage: CoverageOut


class RootOut(Model):
    kind: Literal["node", "link", "group", "monitor"]
    id: str
    name: str


class ClueOut(Model):
    """What a node showed that speaks for the root: a UPS on `battery`; one that had its `mains` to
    the last; a node that came back having `restarted`, or that `ran_on` while it was cut off."""

    sign: Literal["battery", "mains", "restarted", "ran_on"]
    node: str
    name: str


class OutageOut(Model):
    """`sites_hurt` counts the sites without coverage because of it, the root's own included;
    `province` and `site` are those of the root, "" where it has none.
    `flapping`: it comes and goes, and stays open until it has calmed down."""

    id: str
    root: RootOut
    severity: Literal["critical", "warning"]
    since: datetime
    ended: datetime | None
    down: list[str]
    shadowed_count: int
    sites_hurt: int
    province: str
    province_name: str
    site: str
    site_name: str
    alternatives: list[RootOut]
    confidence: float
    maintenance: bool
    silenced: bool
    flapping: bool = False
    clues: list[ClueOut] = []
    revision: int


class OutageDetail(OutageOut):
    shadowed: list[str]


class SiteOut(Model):
    id: str
    name: str
    kind: str
    province: str
    code: str
    state: State
    maintenance: bool
    nodes: list[str]


class NodeOut(Model):
    id: str
    name: str
    site: str
    site_name: str
    province: str
    role: str
    address: str
    state: State
    since: datetime
    maintenance: bool
    suspected: bool
    last_seen: datetime | None
    looked_at: datetime | None
    rtt_s: float | None
    jitter_s: float | None
    loss_ratio: float | None
    failure: str
    outage: str


class InterfaceOut(Model):
    """Rates are over the last two polls; None when there are not two yet."""

    if_index: int
    name: str
    alias: str
    speed_bps: float | None
    admin_status: str
    oper_status: str
    in_bps: float | None
    out_bps: float | None
    in_errors_per_s: float | None
    out_errors_per_s: float | None
    in_discards_per_s: float | None
    out_discards_per_s: float | None


class History(Model):
    """Values at `end - (n-1-i) * step_s`; None where nothing was measured."""

    end: datetime
    step_s: float
    values: list[float | None]


class EventOut(Model):
    """`kind` is a key of the message catalogue, `params` its values; `text` is the finished
    sentence in the daemon's language."""

    id: int
    at: datetime
    kind: str
    node: str
    site: str
    outage: str
    params: dict[str, str]
    text: str


class LinkOut(Model):
    """`declared` is false for a link that was only found. `sources` say that it is there, with
    `confidence` and last at `seen_at`."""

    id: str
    a: str
    b: str
    a_port: str
    b_port: str
    carrier: str
    capacity_bps: int
    declared: bool = True
    sources: list[str] = []
    confidence: float | None = None
    seen_at: datetime | None = None


class IdentityOut(Model):
    """What a node said it is, from `first_seen` to `last_seen`; "" for what it does not tell."""

    first_seen: datetime
    last_seen: datetime
    vendor: str
    os: str
    hardware: str
    version: str
    serial: str


class VitalOut(Model):
    """A sensor, processor, memory or storage: `metric` is its name in `/metrics`, with its unit,
    and `name` the device's own for it; `oid` is where it is read, and the `index` of its history.
    `value` is None where it is not known now; `ok` says what the device or a rule makes of it, None
    where neither does."""

    metric: str
    oid: str
    name: str
    value: float | None
    state: str
    ok: bool | None


class NodeDetail(NodeOut):
    """`polled_at` is the last complete table poll; `poll_failure` says why there is none, and
    `failure_kinds` what kinds of failure that is, or `failure`. `interfaces` are the first 500,
    `/nodes/{id}/interfaces` has them all. `identities`: what it is and was, newest first."""

    vendor: str
    os: str
    hardware: str
    version: str
    serial: str
    description: str
    uptime_s: float | None
    polled_at: datetime | None
    poll_failure: str
    failure_kinds: list[str] = []
    interfaces: list[InterfaceOut]
    vitals: list[VitalOut]
    identities: list[IdentityOut]
    rtt_history: History | None
    in_history: History | None
    out_history: History | None
    links: list[LinkOut]
    events: list[EventOut]


class SnapshotOut(Model):
    """The whole picture for a console that has just connected: `sites` by province, then the
    rest as in `StreamUpdate`."""

    sequence: int
    at: datetime
    started_at: datetime
    version: str
    cut_off: bool
    coverage: CoverageOut
    provinces: list[ProvinceOut]
    sites: list[SiteOut]
    outages: list[OutageOut]


class StreamUpdate(Model):
    """One server-sent event (`event: update`). `states` holds only the sites whose state or
    maintenance changed since the event before; fetch the snapshot anew when `sequence` or
    `started_at` shows a gap (`previous` is the sequence of the event before)."""

    sequence: int
    previous: int
    at: datetime
    started_at: datetime
    cut_off: bool
    coverage: CoverageOut
    provinces: list[ProvinceOut]
    states: dict[str, tuple[State, bool]]
    outages: list[OutageOut]


class AlertOut(Model):
    """An entry of the alert outbox."""

    id: int
    outage: str
    receiver: str
    status: Literal["firing", "resolved"]
    created: datetime
    delivered: datetime | None
    attempts: int
    last_error: str


class SilenceIn(Model):
    """Silences pages whose labels match all of `matchers` (exact)."""

    matchers: dict[str, str]
    starts: datetime
    ends: datetime
    author: str
    comment: str


class SilenceOut(SilenceIn):
    id: int


class MaintenanceIn(Model):
    """`targets` are written `site:ID`, `node:ID`, `link:ID`, `group:ID` or `province:ID`; what
    lies behind a target is never paged either while the window is open."""

    targets: list[str]
    starts: datetime
    ends: datetime
    author: str
    comment: str


class MaintenanceOut(MaintenanceIn):
    id: int


class DriftOut(Model):
    """Where the network that was found differs from the declared one. The ends are those that were
    seen, of an unseen link the declared ones; `stranger` is who is at the far end of a port and
    in no inventory. `in_graph`: whether the diagnosis counts on it. `verdict` is "" until somebody
    decides."""

    key: str
    kind: Literal["unseen", "undeclared", "disagreeing", "stranger"]
    link: str
    a: str
    a_port: str
    b: str
    b_port: str
    declared_a_port: str
    declared_b_port: str
    stranger: str
    sources: list[str]
    confidence: float | None
    seen_at: datetime | None
    in_graph: bool
    verdict: Literal["", "accepted", "rejected"]
    author: str
    comment: str
    decided_at: datetime | None


class TopologyOut(Model):
    """What was found of the network's links. `heard_at`: when it was last put together, null before
    the first time; `whole`: whether everybody was heard. `edges`: how many each source told of;
    `found`: links that nobody declared and that the diagnosis counts on."""

    heard_at: datetime | None
    whole: bool
    edges: dict[str, int]
    found: int


class DecisionIn(Model):
    """`accepted`: what was seen is right; `rejected`: what is declared is."""

    verdict: Literal["accepted", "rejected"]
    author: str
    comment: str = ""


class CutSite(Model):
    id: str
    name: str
    province: str
    province_name: str


class WeakenedSite(CutSite):
    """A site that would be left with a single point of failure: `thread`, as `node:ID` or
    `link:ID`."""

    thread: str
    thread_name: str


class WhatIfOut(Model):
    """What a failure would do. `failed`: all that fails, as `node:ID` and `link:ID`. `nodes` and
    `sites` would be cut off; `weakened` would have no second way left. `cut_off`: the monitor
    itself would be, so that all of them would be unknown rather than down."""

    failed: list[str]
    cut_off: bool
    nodes: list[str]
    sites: list[CutSite]
    weakened: list[WeakenedSite]


class WeakPointOut(Model):
    """`members` (`node:ID`, `link:ID`) that cut off so many sites by failing together. `group`:
    the risk group that they are, else "". `cut_off`: the monitor itself stands there, and
    would see nobody; `sites` are those that the core routers left would not reach either."""

    members: list[str]
    group: str
    name: str
    sites: int
    cut_off: bool = False


class SpofOut(Model):
    """Weak points, each list worst first: single `points` of failure, with the other sites that
    they cut off; risk `groups`; `pairs`, with the sites that neither cuts off alone."""

    points: list[WeakPointOut]
    groups: list[WeakPointOut]
    pairs: list[WeakPointOut]


class ReadyOut(Model):
    """`reasons`: why the daemon cannot do its work yet."""

    ready: bool
    reasons: list[str]


class TargetGroup(Model):
    """An element of what Prometheus' `http_sd_configs` expects."""

    targets: list[str]
    labels: dict[str, str]
