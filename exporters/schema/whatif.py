"""What would be cut off, and what hangs by a thread."""

from __future__ import annotations

from exporters.schema.model import Model


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
