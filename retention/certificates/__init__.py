"""Certificates of erasure: what went, how that was proven, what stays (R1, R2)."""
