"""Values as text, as they stand in labels: snmp_exporter's words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from collector.modules.hint import HintError, with_hint
from collector.modules.part import FIXED, NUMBERS, hexadecimal, reader, unicode
from collector.snmp.ber import Value

Wording: TypeAlias = Callable[[Value], str]


def wording(type_: str, hint: str = "") -> Wording:
    """What makes text of a value that is declared to be of this type."""
    of_octets = _octets_wording(type_, hint)

    def text(value: Value) -> str:
        if isinstance(value, bytes):
            return of_octets(value)
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        return str(value) if isinstance(value, int) else float_text(value)

    return text


def _octets_wording(type_: str, hint: str) -> Callable[[bytes], str]:
    if type_ == "DisplayString":
        return unicode
    if type_ in FIXED or type_ in NUMBERS:
        read = reader(type_)
        return lambda octets: read(tuple(octets)).text
    if hint and type_ == "OctetString":
        return lambda octets: _hinted(hint, octets)
    return hexadecimal


def _hinted(hint: str, octets: bytes) -> str:
    try:
        return with_hint(hint, octets)
    except HintError:
        return hexadecimal(octets)


def float_text(value: float) -> str:
    """The shortest digits that mean this number; those of a single where it is one."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value:+}".title()  # as Go has them
    with np.errstate(over="ignore"):
        single = np.float32(value)
    return np.format_float_positional(single if float(single) == value else value, trim="-")
