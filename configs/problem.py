"""A problem of the configuration: where it is, what it is and what to do, in either language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from configs.messages import messages


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """`key` names the sentence in the catalogue (below `problem.`), `params` its fields.

    `line` counts from 1; `path` is dotted (`nodes[3].site`), "" for the file as a whole.
    `suggestion` is the word that was probably meant.
    """

    file: str
    line: int
    path: str
    key: str
    params: Mapping[str, object] = field(default_factory=dict)
    suggestion: str = ""
    severity: Severity = Severity.ERROR

    def meaning(self, suggestion: str) -> Problem:
        """The same, with the word that was probably meant."""
        return replace(self, suggestion=suggestion)

    def as_warning(self) -> Problem:
        """The same, but not in the way of using the configuration."""
        return replace(self, severity=Severity.WARNING)

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.text("en")

    @property
    def hint(self) -> str:
        """What was probably meant, in English, or "" when there is nothing to guess."""
        return self.guess("en")

    def text(self, language: str) -> str:
        """What is wrong. Raises LookupError for a language without a catalogue."""
        return messages(language)(f"problem.{self.key}", **self.params)

    def guess(self, language: str) -> str:
        """What was probably meant, as a question, or ""."""
        if not self.suggestion:
            return ""
        return messages(language)("problem.did_you_mean", suggestion=self.suggestion)

    def line_of_text(self, language: str = "en") -> str:
        """`file:line: path: what is wrong (what was meant)`, as compilers write it."""
        parts = [f"{self.file}:{self.line}"]
        if self.severity is Severity.WARNING:
            parts.append(messages(language)("problem.warning"))
        if self.path:
            parts.append(self.path)
        hint = self.guess(language)
        parts.append(f"{self.text(language)} ({hint})" if hint else self.text(language))
        return one_line(": ".join(parts))

    def __str__(self) -> str:
        return self.line_of_text()


def one_line(text: str) -> str:
    """`text` with whatever would move a terminal's cursor or colour it written out."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def errors_in(problems: Sequence[Problem]) -> list[Problem]:
    """Those that stop the configuration from being used."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def render_problems(problems: Sequence[Problem], language: str = "en") -> str:
    """One line per problem and a last one that counts them."""
    say = messages(language)
    errors = len(errors_in(problems))
    lines = [problem.line_of_text(language) for problem in problems]
    lines.append(say("problem.count", errors=errors, warnings=len(problems) - errors))
    return "\n".join(lines)
