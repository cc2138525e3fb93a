"""Composition root: the command line, the daemon and the single-writer engine loop."""
