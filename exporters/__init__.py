"""Publication: everything that leaves: Prometheus text, HTTP API, alerts, webhooks."""
