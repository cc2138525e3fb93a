"""What topology can refuse.

TopologyError
└── ScenarioError   a scenario that is not in the format of `wanwatch diagnose`
"""

from __future__ import annotations


class TopologyError(Exception):
    """The base of this package's errors."""


class ScenarioError(TopologyError):
    """A scenario cannot be read; the message names the place in it and what is expected there."""
