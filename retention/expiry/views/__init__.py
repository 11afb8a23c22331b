"""Pages of expiry, by audience."""
