"""Numbers that regular expressions take out of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from configs.module import RegexExtract
from exporters.snmp.number import parsed

REFERENCE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Extraction:
    """`parts` of the number's text: literal ones, and groups by number or name."""

    pattern: re.Pattern[str]
    parts: tuple[str | int, ...]

    @classmethod
    def of(cls, extract: RegexExtract) -> Extraction:
        """Raises re.error for a regular expression that is none."""
        pattern = re.compile(extract.regex, re.ASCII)
        parts: list[str | int] = []
        at = 0
        for found in REFERENCE.finditer(extract.value):
            parts.append(extract.value[at : found.start()] + (found[1] or ""))
            at = found.end()
            parts += group_of(pattern, found[2] or found[3])
        parts.append(extract.value[at:])
        return cls(pattern, tuple(part for part in parts if part != ""))

    def number(self, text: str) -> float | None:
        """The number taken out of a text; None if it does not match, or it is no number."""
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        parts = (part if isinstance(part, str) else found[part] or "" for part in self.parts)
        return parsed("".join(parts))


def group_of(pattern: re.Pattern[str], name: str | None) -> Iterable[int]:
    """The number of the group called so, if there is one."""
    if not name:
        return ()
    group = int(name) if name.isdigit() else pattern.groupindex.get(name, -1)
    return (group,) if 0 <= group <= pattern.groups else ()


def first_number(extractions: Iterable[Extraction], text: str) -> float | None:
    """What the first that gives a number gives."""
    return next((number for each in extractions if (number := each.number(text)) is not None), None)
