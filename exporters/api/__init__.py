"""The HTTP API: what integrators, the console and Prometheus see of the daemon."""
