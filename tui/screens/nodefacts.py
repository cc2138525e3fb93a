"""What is said of a node above its tables: a headline, facts, and charts beside them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from configs.messages import Messages
from exporters.schema.node import History, NodeDetail
from tui.charts import spark
from tui.desk import Desk
from tui.figures import DASH
from tui.letters import fitted, placed, tidy
from tui.look import (
    CHART,
    CHART_RTT,
    CRITICAL,
    DIM,
    MAINTENANCE,
    MARKS,
    MUTED,
    PLAIN,
    STRONG,
    WARNING,
)
from tui.picture import rank_of
from tui.widgets.lines import NAME_LEAST, Piece, cropped, labelled, squeezed, width_of, wrapped

WIDE = 120
FACTS_WIDTH = 58
CHARTS_WIDTH, CHARTS_WIDTH_WIDE = 34, 60  # what long facts leave to the charts, figures and all
CHARTS = 4  # lines that they take where they are flat
NAME, VALUE = 6, 14


class NodeFacts:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def headline(self, detail: NodeDetail, trouble: str, width: int) -> list[Piece]:
        """The node, its state and its place; `trouble` is why this is no longer the present."""
        say, picture = self._desk.say, self._desk.picture
        mark = MARKS[rank_of(detail.state, detail.maintenance)]
        province = picture.provinces.get(detail.province) if picture else None
        name, site = tidy(detail.name or detail.id), tidy(detail.site_name)
        place = placed("" if site in name else site, province.name if province else detail.province)
        lasting = (self._desk.clock.utc() - detail.since).total_seconds()
        pieces = [
            (f" {mark.glyph} ", mark.style),
            (name, STRONG),
            (f"   {say(f'console.state.{detail.state.lower()}')}", mark.style),
            (f" {self._desk.figures.span(lasting)}", mark.style),
        ]
        if detail.suspected:
            pieces.append((f"   {say('console.node.suspected')}", WARNING))
        if detail.maintenance:
            pieces.append((f"   {say('console.state.maintenance')}", MAINTENANCE.style))
        if trouble:
            pieces.append((f"   {trouble}", CRITICAL))
        pieces.append((f"   {place}", MUTED))
        return squeezed(pieces, width, {-1: 0, 1: NAME_LEAST})

    def lines(self, detail: NodeDetail, width: int, *, tall: bool) -> list[list[Piece]]:
        """Facts on the left and charts on the right; `tall` where there is height for both."""
        left = self._facts(detail)
        room = _room(left if tall else left[:CHARTS], width)
        if tall:
            left = wrapped(left, room)
        right = self._charts(detail, width - room - 2, 3 if tall else 1)
        beside = [
            [
                *cropped(left[i] if i < len(left) else [], room - 1),
                (" ", PLAIN),
                *(right[i] if i < len(right) else []),
            ]
            for i in range(max(len(left), len(right)) if tall else len(right))
        ]
        return beside + wrapped(left[len(beside) :], width)

    def _facts(self, detail: NodeDetail) -> list[list[Piece]]:
        say, figures, now = self._desk.say, self._desk.figures, self._desk.clock.utc()
        device = " ".join(filter(None, map(tidy, (detail.vendor, detail.hardware))))
        polled = figures.stamp(detail.polled_at, now) if detail.polled_at else DASH
        facts: list[tuple[str, str, Style]] = [
            ("address", f"{detail.address}  {detail.role}", PLAIN),
            ("device", device or DASH, PLAIN),
            ("version", tidy(detail.version) or DASH, PLAIN),
            # With a model and a serial number there is nothing more in the description.
            ("serial", tidy(detail.serial), PLAIN)
            if detail.hardware and detail.serial
            else ("description", tidy(detail.description) or DASH, PLAIN),
            ("uptime", figures.span(detail.uptime_s), PLAIN),
            ("polled", polled, PLAIN),
        ]
        if detail.last_seen and detail.state != "UP":
            facts.append(("last_seen", figures.stamp(detail.last_seen, now), PLAIN))
        if trouble := trouble_of(say, detail):
            facts.append(("failure", trouble, WARNING))
        return labelled([(say(f"console.fact.{key}"), words, style) for key, words, style in facts])

    def _charts(self, detail: NodeDetail, width: int, height: int) -> list[list[Piece]]:
        say, figures = self._desk.say, self._desk.figures
        loss = figures.percent(detail.loss_ratio)
        rtt, inward, outward = detail.rtt_history, detail.in_history, detail.out_history
        now, most = (
            figures.milliseconds(value) + (" ms" if value is not None else "")
            for value in (detail.rtt_s, _most(rtt, detail.rtt_s))
        )
        lines = self._chart("rtt", now, most, rtt, width, height, CHART_RTT)
        lost: list[Piece] = [
            (fitted(say("console.chart.lost"), NAME + 2), MUTED),
            (fitted(loss, VALUE - 2, right=True), MUTED if detail.loss_ratio == 0 else STRONG),
        ]
        if height > 1:
            lines[2][:1] = lost
        for name, history in (("in", inward), ("out", outward)):
            now, most = (figures.bits(value) for value in (_last(history), _most(history)))
            lines += [[]] if height > 1 else []
            lines += self._chart(name, now, most, history, width, height, CHART)
        return lines if height > 1 else [*lines, lost]

    def _chart(
        self,
        name: str,
        now: str,
        most: str,
        history: History | None,
        width: int,
        height: int,
        style: Style,
    ) -> list[list[Piece]]:
        say = self._desk.say
        drawn = spark(history.values if history else [], max(4, width - NAME - VALUE - 2), height)
        words: list[list[Piece]] = [
            [
                (fitted(say(f"console.chart.{name}"), NAME), MUTED),
                (fitted(now, VALUE, right=True), STRONG),
            ],
            [(fitted(say("console.chart.peak", value=most), NAME + VALUE, right=True), MUTED)],
            [(" " * (NAME + VALUE), MUTED)],
        ]
        return [[*words[i], ("  ", DIM), (drawn[i], style)] for i in range(height)]


def trouble_of(say: Messages, detail: NodeDetail) -> str:
    """Why nothing is known, and behind it what was found, word for word; "" where all is well."""
    found = tidy(detail.poll_failure or detail.failure)
    words = [_kind_words(say, kind) for kind in detail.failure_kinds]
    return f"{', '.join(words)} ({found})" if found and words else found


def _kind_words(say: Messages, kind: str) -> str:
    try:
        return say(f"console.failure.{kind}")
    except KeyError:  # a newer daemon knows more
        return kind


def _room(facts: Sequence[list[Piece]], width: int) -> int:
    """How wide the facts beside the charts are: half of it, more where they are long."""
    wide = width >= WIDE
    least = FACTS_WIDTH if wide else max(1, width // 2)
    most = width - (CHARTS_WIDTH_WIDE if wide else CHARTS_WIDTH)
    return max(least, min(most, max(map(width_of, facts)) + 2))


def _last(history: History | None) -> float | None:
    return history.values[-1] if history and history.values else None


def _most(history: History | None, now: float | None = None) -> float | None:
    values = [*(history.values if history else ()), now]
    return max((value for value in values if value is not None), default=None)
