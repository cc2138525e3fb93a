"""Memory: what must survive a restart, and the last hour of every value."""
