"""DISPLAY-HINT of octet strings (RFC 2579 §3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from collector.modules.part import unicode

SPEC = re.compile(r"(\*?)(\d+)([dxoat])([^\d*]?)", re.ASCII)
MOST_OCTETS = 8  # of a number


class HintError(ValueError):
    """The hint is none, or the octets do not fit it."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One format: `take` octets as `form`; `repeats` has the first octet say how often."""

    repeats: bool
    take: int
    form: str
    separator: bytes
    terminator: bytes

    def written(self, octets: bytes) -> bytes:
        """Octets as this format has them. Raises HintError."""
        if self.form in "at":
            return octets
        if self.form == "x":
            return octets.hex().upper().encode()
        if len(octets) > MOST_OCTETS:
            raise HintError(f"a number of {len(octets)} octets")
        return format(int.from_bytes(octets, "big"), self.form).encode()


@lru_cache(maxsize=1024)
def specs_of(hint: str) -> tuple[Spec, ...]:
    """The formats of a hint; the text after its first mistake is left out. Raises HintError."""
    specs = []
    at = 0
    while found := SPEC.match(hint, at):
        star, take, form, separator = found.groups()
        at = found.end()
        terminator = ""
        if star and at < len(hint) and hint[at] not in "0123456789*":
            terminator = hint[at]
            at += 1
        specs.append(Spec(bool(star), int(take), form, separator.encode(), terminator.encode()))
    if not specs or at < len(hint):
        raise HintError(f"not a display hint: {hint!r}")
    return tuple(specs)


def with_hint(hint: str, octets: bytes) -> str:
    """Octets as the hint has them; the last format counts for all that are left. Raises HintError
    also for no octets at all."""
    specs = specs_of(hint)
    if not octets:
        raise HintError("no octets")
    out = bytearray()
    at = turn = 0
    while at < len(octets):
        spec = specs[min(turn, len(specs) - 1)]
        if turn >= len(specs) and not spec.take and not spec.repeats:
            raise HintError(f"{hint!r} never ends")
        turn += 1
        at = _apply(spec, octets, at, out)
    return unicode(bytes(out))


def _apply(spec: Spec, octets: bytes, at: int, out: bytearray) -> int:
    """Writes one format; where it ended."""
    times = 1
    if spec.repeats:
        times = octets[at]
        at += 1
    for left in range(times - 1, -1, -1):
        if at >= len(octets):
            break
        out += spec.written(octets[at : at + spec.take])
        at += spec.take
        if at < len(octets) and (left or not spec.terminator):
            out += spec.separator
    if at < len(octets):
        out += spec.terminator
    return at
