"""Telling every company, and the public status page under load (N1, N2, N7)."""
