"""Everything that can go wrong in the lab.

LabError
├── RefusedError             told to the operator, in either language
│   ├── NotRunningError      no lab answers in this folder
│   ├── UnknownTargetError   nothing in the country has this name
│   └── BadRequestError      the control socket was asked something it does not know
├── RecordingError           recordings with lines that are none; has every mistake
├── PacketError              a packet that is no whole IPv4 packet
└── BerError                 bytes that are not BER, or not what SNMP allows
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from configs.messages import messages


class LabError(Exception):
    """Base of all errors of the lab."""


class RefusedError(LabError):
    """`key` names the sentence in the catalogue (below `lab.`), `params` its fields."""

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def text(self, language: str) -> str:
        """What is wrong. Raises LookupError for a language without a catalogue."""
        return messages(language)(f"lab.{self.key}", **self.params)

    def __str__(self) -> str:
        return self.text("en")


class NotRunningError(RefusedError):
    pass


class UnknownTargetError(RefusedError):
    pass


class BadRequestError(RefusedError):
    pass


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that is none, or a file that is not to be had (line 0); `key` names the sentence in
    the catalogue (below `lab.recording.`)."""

    file: str
    line: int
    key: str

    def text(self, language: str) -> str:
        what = messages(language)(f"lab.recording.{self.key}")
        return f"{self.file}:{self.line}: {what}" if self.line else f"{self.file}: {what}"


class RecordingError(LabError):
    """`mistakes` are the first ones, `count` is how many there are."""

    def __init__(self, mistakes: Sequence[Mistake], count: int) -> None:
        super().__init__(mistakes, count)
        self.mistakes = tuple(mistakes)
        self.count = count

    def text(self, language: str) -> str:
        """Every mistake on a line of its own, and how many more there are."""
        lines = [mistake.text(language) for mistake in self.mistakes]
        if self.count > len(lines):
            more = self.count - len(lines)
            lines.append(messages(language)("lab.recording.more", more=more))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text("en")


class PacketError(LabError, ValueError):
    pass


class BerError(LabError, ValueError):
    pass
