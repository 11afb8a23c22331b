"""Pages of deletions, by audience."""
