"""Whether the service works (N8, N9): it is looked at every minute, and what was seen is kept as intervals."""
