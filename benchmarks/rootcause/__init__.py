"""A public benchmark of root cause: injected faults, noisy evidence, known truth, and rivals."""
