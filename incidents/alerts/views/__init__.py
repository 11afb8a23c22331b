"""Pages of alerts, for operators."""
