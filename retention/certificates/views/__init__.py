"""Pages of erasures and their certificates, by audience."""
