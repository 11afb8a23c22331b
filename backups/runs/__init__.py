"""Runs: the backup of all companies from one moment of the database, and the archive of the platform (B1, B4)."""
