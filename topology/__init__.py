"""Meaning: the graph, node states, coverage and root cause. Pure functions, no I/O."""
