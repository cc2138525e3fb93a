"""Whatever commits, failures and crashes come in whatever order: pages = faults, in order."""

from __future__ import annotations

from hypothesis import strategies as st

OUTAGES = [f"o{n}" for n in range(4)]
outages = st.sampled_from(OUTAGES)
