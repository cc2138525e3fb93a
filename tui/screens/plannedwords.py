"""How silences and maintenance windows are put into words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from exporters.schema.planned import MaintenanceOut, SilenceOut
from tui.desk import Desk
from tui.letters import placed, tidy
from tui.look import MAINTENANCE, MUTED, PLAIN, WARNING
from tui.screens.view import Kind, Open
from tui.widgets.lines import Piece

Plan: TypeAlias = MaintenanceOut | SilenceOut

SOON_S = 600.0  # before the end, when whoever needs longer has to say so


class Stage(StrEnum):
    """`CALLED_OFF`: it was ended before it began."""

    IN_FORCE = "in_force"
    COMING = "coming"
    OVER = "over"
    CALLED_OFF = "called_off"


def stage_of(plan: Plan, now: datetime) -> Stage:
    if plan.ends <= plan.starts:
        return Stage.CALLED_OFF
    if plan.ends <= now:
        return Stage.OVER
    return Stage.COMING if now < plan.starts else Stage.IN_FORCE


def lasts(plan: Plan, now: datetime) -> bool:
    """Whether there is something left to be ended."""
    return stage_of(plan, now) in (Stage.IN_FORCE, Stage.COMING)


def in_order(plans: Sequence[Plan], now: datetime) -> list[Plan]:
    """In force, soonest to end first; then what comes, soonest first; then what ended last."""

    def place(plan: Plan) -> tuple[int, float, str, int]:
        stage, kind = stage_of(plan, now), type(plan).__name__
        if stage is Stage.IN_FORCE:
            return 0, plan.ends.timestamp(), kind, plan.id
        if stage is Stage.COMING:
            return 1, plan.starts.timestamp(), kind, plan.id
        return 2, -plan.ends.timestamp(), kind, plan.id

    return sorted(plans, key=place)


def kind_of(plan: Plan) -> str:
    """The end of its keys in the catalogue."""
    return "maintenance" if isinstance(plan, MaintenanceOut) else "silence"


def mark_of(plan: Plan, stage: Stage) -> Piece:
    """Hollow, as planned work is; in colour while it is in force."""
    style = MAINTENANCE.style if stage is Stage.IN_FORCE else MUTED
    if stage in (Stage.OVER, Stage.CALLED_OFF):
        return ("✓" if stage is Stage.OVER else "×"), MUTED
    return ("□" if isinstance(plan, MaintenanceOut) else "⊘"), style


def matches(desk: Desk, plan: Plan) -> list[str]:
    """What it applies to: each target of a window, each condition of a silence."""
    if isinstance(plan, MaintenanceOut):
        pairs = zip(plan.targets, plan.names, strict=False)
        return [_target(desk, target, name) for target, name in pairs]
    return [_condition(desk, label, plan.names.get(label, plan.matchers[label]))
            for label in plan.matchers]  # fmt: skip


def _target(desk: Desk, target: str, name: str) -> str:
    """A place with its province: many communes are called alike."""
    kind, _, id_ = target.partition(":")
    picture, name = desk.picture, tidy(name)
    if kind in ("link", "group"):
        return desk.say(f"console.root.{kind}", name=name)
    if picture and kind in ("site", "node"):
        site = id_ if kind == "site" else picture.owner.get(id_, "")
        province = picture.provinces.get(picture.home.get(site, ""))
        return placed(name, province.name) if province else name
    return name


def _condition(desk: Desk, label: str, value: str) -> str:
    words = tidy(value)
    try:
        if label == "severity":
            words = desk.say(f"console.severity.{value}")
        elif label == "kind":
            words = desk.say(f"console.rootkind.{value}")
        return desk.say(f"console.planned.label.{label}", value=words)
    except KeyError:
        return f"{label} {words}"  # a word that this catalogue does not know


def leads_to(plan: Plan) -> Open | None:
    """Where its first target is, or what a silence is of; None for what has no screen."""
    if isinstance(plan, MaintenanceOut):
        kind, _, id_ = plan.targets[0].partition(":")
        known = {kind: id_}
    else:
        known = plan.matchers
    kinds: tuple[Kind, ...] = ("outage", "node", "site", "province")
    return next((Open(kind, known[kind]) for kind in kinds if kind in known), None)


def covers(desk: Desk, plan: Plan) -> str:
    """How many sites a window covers, or how many open outages a silence does."""
    window = isinstance(plan, MaintenanceOut)
    count = plan.sites if isinstance(plan, MaintenanceOut) else plan.outages
    one = ".one" if count == 1 else ""
    key = f"console.planned.sites{one}" if window else f"console.summary.outages{one}"
    return desk.say(key, count=desk.figures.number(count))


def timer(desk: Desk, plan: Plan) -> Piece:
    """`ends in 00:42`: how long until the next thing happens to it, or since the last did."""
    now = desk.clock.utc()
    stage = stage_of(plan, now)
    moment = plan.starts if stage is Stage.COMING else plan.ends
    left_s = abs((moment - now).total_seconds())
    words = desk.say(f"console.planned.{stage}", time=desk.figures.timer(left_s))
    if stage is not Stage.IN_FORCE:
        return words, MUTED
    return words, WARNING if left_s < SOON_S else PLAIN


def span(desk: Desk, plan: Plan) -> str:
    """`20:00:00 – 22:00:00, 2 hours`; of one that was called off only when it was to begin."""
    figures, now = desk.figures, desk.clock.utc()
    starts, ends = figures.stamp(plan.starts, now), figures.stamp(plan.ends, now)
    if plan.ends <= plan.starts:
        return desk.say("console.planned.was_to_start", at=starts)
    return f"{starts} – {ends}, {_length(desk, plan.ends - plan.starts)}"


def _length(desk: Desk, length: timedelta) -> str:
    """`1 day 30 minutes`: what people plan in has no odd seconds, and no zeros to be said."""
    minutes = max(1, round(length.total_seconds() / 60))
    counts = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
    said = (desk.say(f"console.span.{unit}", count=n) for unit, n in counts.items() if n)
    return " ".join(said)


def brief(desk: Desk, plan: Plan) -> str:
    """`matches` in few words: all conditions, or the first target and how many more."""
    words = matches(desk, plan)
    if isinstance(plan, MaintenanceOut) and len(words) > 1:
        return f"{words[0]} +{len(words) - 1}"
    return " · ".join(words)
