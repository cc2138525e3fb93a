"""The generic notifications that say what may have changed (RFC 3418 §2, RFC 2863)."""

from __future__ import annotations

_TRAPS = "1.3.6.1.6.3.1.1.5"

# coldStart and warmStart: nothing may be as it was.
STARTED = frozenset((f"{_TRAPS}.1", f"{_TRAPS}.2"))
LINK = frozenset((f"{_TRAPS}.3", f"{_TRAPS}.4"))  # linkDown, linkUp
