"""Errors of the configuration.

ConfigError            something in it is wrong; `problems` says all that is, and where
├── DocumentError      a file cannot be read as YAML or CSV
└── SecretError        a secret cannot be had from where the configuration says it is
"""

from __future__ import annotations

from collections.abc import Sequence

from configs.problem import Problem, render_problems


class ConfigError(Exception):
    """`problems` is never empty; its warnings are there too, so that all is told at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(render_problems(problems))
        self.problems = tuple(problems)


class DocumentError(ConfigError):
    """A file that cannot be read at all, or not as what it should be."""


class SecretError(ConfigError):
    """Names the credential and the file or variable, never the content."""
