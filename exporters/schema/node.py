"""Nodes and what is known of one: interfaces, links, vital signs, identities, histories."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from exporters.schema.log import EventOut
from exporters.schema.model import Model, State


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
    sources: list[str] = Field(default_factory=list)
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
    failure_kinds: list[str] = Field(default_factory=list)
    interfaces: list[InterfaceOut]
    vitals: list[VitalOut]
    identities: list[IdentityOut]
    rtt_history: History | None
    in_history: History | None
    out_history: History | None
    links: list[LinkOut]
    events: list[EventOut]
