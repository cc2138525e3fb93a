"""Errors of the composition root.

WanwatchError
├── DemoError        a part of the demo did not start
└── UsageError       the command line asks for something that cannot be
"""

from __future__ import annotations


class WanwatchError(Exception):
    """Base of what the commands report in one line, without a traceback."""


class DemoError(WanwatchError):
    """A part of the demo did not start; names the part and where its log is."""


class UsageError(WanwatchError):
    """The command line asks for something that cannot be done as asked."""
