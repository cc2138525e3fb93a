"""What topology can refuse.

TopologyError
├── ScenarioError   a scenario that is not in the format of `wanwatch diagnose`
└── TargetError     a target that names nothing, or more than one thing; also a LookupError
"""

from __future__ import annotations

from collections.abc import Sequence


class TopologyError(Exception):
    """The base of this package's errors."""


class ScenarioError(TopologyError):
    """A scenario cannot be read; the message names the place in it and what is expected there."""


class TargetError(TopologyError, LookupError):
    """`target` is what was asked for, `similar` what may have been meant."""

    def __init__(self, target: str, similar: Sequence[str] = ()) -> None:
        self.target = target
        self.similar = tuple(similar)
        hint = f"; did you mean {' or '.join(self.similar)}?" if similar else ""
        super().__init__(
            f"{target!r} is not the id of one node, link, group, site or province{hint}"
        )
