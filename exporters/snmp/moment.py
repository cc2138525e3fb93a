"""Moments out of values, as seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from collector.modules.text import wording
from collector.snmp.ber import Value

ERA_DAYS = 146_097  # of 400 years, after which the calendar repeats itself
EPOCH = date(1970, 1, 1).toordinal()
NTP_EPOCH_S = 2_208_988_800  # from 1900 to 1970
# strftime's short forms that strptime does not know.
SHORT = {
    "%D": "%m/%d/%y",
    "%F": "%Y-%m-%d",
    "%R": "%H:%M",
    "%T": "%H:%M:%S",
    "%e": "%d",
    "%h": "%b",
    "%k": "%H",
    "%l": "%I",
    "%n": "\n",
    "%t": "\t",
}

plain_text = wording("DisplayString")


def date_and_time(value: Value) -> int | None:
    """DateAndTime (RFC 2579), in UTC if it names no zone; months and days out of range carry
    over. None for what is none."""
    if not isinstance(value, bytes) or len(value) not in (8, 11):
        return None
    year = int.from_bytes(value[:2], "big")
    month, day, hour, minute, second, tenths = value[2:8]
    offset_s = 0
    if len(value) == 11:
        sign, hours, minutes = value[8:9], value[9], value[10]
        if sign not in (b"+", b"-") or hours > 24 or minutes > 60:
            return None
        offset_s = (hours * 60 + minutes) * (60 if sign == b"+" else -60)
    years, month = divmod(month - 1, 12)
    eras, year = divmod(year + years, 400)
    days = date(year + 400, month + 1, 1).toordinal() + (eras - 1) * ERA_DAYS + day - 1 - EPOCH
    return ((days * 24 + hour) * 60 + minute) * 60 + second + tenths // 10 - offset_s


def ntp_timestamp(value: Value) -> int | None:
    """NtpTimeStamp: its whole seconds. None for what is none."""
    if not isinstance(value, bytes) or len(value) < 8:
        return None
    return int.from_bytes(value[:4], "big") - NTP_EPOCH_S


def by_pattern(pattern: str) -> Callable[[Value], int | None]:
    """What reads texts of this pattern; in UTC if it names no zone."""
    words = re.sub("%[a-zA-Z%]", lambda found: SHORT.get(found[0], found[0]), pattern)

    def read(value: Value) -> int | None:
        try:
            moment = datetime.strptime(plain_text(value), words)  # noqa: DTZ007  the zone may be missing
        except ValueError:
            return None
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())

    return read
