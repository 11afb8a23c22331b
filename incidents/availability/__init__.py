"""How much of the time the service could be used, from what probes saw (N8)."""
