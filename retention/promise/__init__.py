"""The promise that everything of a company is gone, backups too, within 30 days of its last day of use (R1)."""
