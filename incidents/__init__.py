"""Incidents, notices, maintenance, inquiries, promise clock, monitoring, status page (DESIGN section 10, N1-N9)."""
