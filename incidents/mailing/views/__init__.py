"""Pages of mailings, for operators."""
