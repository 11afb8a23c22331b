"""Rows for tests, made without the services: no audit event, no mail."""
