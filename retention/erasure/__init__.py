"""The end of a company's data: everywhere, for good, and proven (R1)."""
