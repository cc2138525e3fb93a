"""The simulated national WAN: real agents, faults on demand, and the ground truth."""
