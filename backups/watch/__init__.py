"""The watch over backups (B5): whether every company can be restored to at most 25 hours ago, day and night."""
