"""What customers take away from an incident: reports as files, the response record, the review afterwards (N3, N5)."""
