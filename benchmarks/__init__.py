"""Measurements: each module prints its figures, `python -m benchmarks` all of them."""
