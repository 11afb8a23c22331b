"""Incidents, notices, maintenance, inquiries, the promise clock, monitoring and the status page (DESIGN section 10, N1-N9)."""
