"""What is measured every minute, the thresholds on it, and what becomes of a figure that passes one (N9, P4)."""
