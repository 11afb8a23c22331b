"""Expiry, cancellation to erasure, legal hold, data return, certificates (DESIGN section 9, R1-R6)."""
