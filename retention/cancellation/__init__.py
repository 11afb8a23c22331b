"""Leaving: from the cancellation of a contract over the last day of use to the erasure (T4, R1, R2)."""
