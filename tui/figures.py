"""Figures as a person reads them: numbers, shares, times and rates in one language."""

from __future__ import annotations

import math
from datetime import datetime, tzinfo

from configs.messages import Messages

DASH = "–"


class Figures:
    """Formats for one language: Vietnamese writes 3.421 and 99,97, English 3,421 and 99.97.

    `zone`: the zone clocks are shown in; the machine's own when None.
    """

    def __init__(self, say: Messages, zone: tzinfo | None = None) -> None:
        self._say = say
        self._zone = zone

    def number(self, value: float | None, digits: int = 0) -> str:
        if value is None or math.isnan(value):
            return DASH
        return self._say.figure(f"{value:,.{digits}f}")

    def share(self, ratio: float) -> str:
        """`99,97`: per cent, cut and never rounded, so that 100,00 means every single one."""
        return self.number(math.floor(ratio * 10_000 + 1e-6) / 100, 2)

    def percent(self, ratio: float | None, digits: int = 0) -> str:
        return DASH if ratio is None else self.number(ratio * 100, digits) + " %"

    def milliseconds(self, seconds: float | None) -> str:
        """Round-trip times: `0,31`, `12,4`, `612`."""
        if seconds is None:
            return DASH
        value = seconds * 1000
        return self.number(value, 2 if value < 1 else 1 if value < 100 else 0)

    def rate(self, bps: float | None) -> str:
        """Bits a second in three figures: `812 k`, `12,3 M`, `1,20 G`; `0` for nothing."""
        if bps is None:
            return DASH
        value = bps
        for unit in ("", " k", " M", " G", " T"):
            if value < 999.5 or unit == " T":
                break
            value /= 1000
        digits = 0 if not unit or value >= 99.95 else 1 if value >= 9.995 else 2
        return self.number(value, digits) + unit

    def bits(self, bps: float | None) -> str:
        """A rate with its unit: `12,3 Mbit/s`, `0 bit/s`; the dash alone for nothing known."""
        rate = self.rate(bps)
        return rate if bps is None else rate + ("bit/s" if rate[-1:].isalpha() else " bit/s")

    def clock(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%H:%M:%S")

    def stamp(self, at: datetime, now: datetime) -> str:
        """The time of day, with its date when that is not today's."""
        local, today = at.astimezone(self._zone), now.astimezone(self._zone).date()
        return local.strftime("%H:%M:%S" if local.date() == today else "%d/%m %H:%M")

    def timer(self, seconds: float) -> str:
        """A running time: `00:42`, `03:12:07`, from four days on `4 ngày 3h`."""
        whole = max(0, int(seconds))
        hours, rest = divmod(whole, 3600)
        minutes, left = divmod(rest, 60)
        if hours >= 96:
            return self._say("console.timer.days", days=hours // 24, hours=hours % 24)
        return f"{hours:02}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}"

    def span(self, seconds: float | None) -> str:
        """A length of time in its two largest units: `12 ngày 4 giờ`."""
        if seconds is None:
            return DASH
        whole = max(0, int(seconds))
        parts: list[str] = []
        for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
            count, whole = divmod(whole, size)
            if count or parts or unit == "second":
                parts.append(self._say(f"console.span.{unit}", count=count))
            if len(parts) == 2:
                break
        return " ".join(parts)
