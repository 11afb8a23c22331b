"""Mail to many (N1, N2, N6, N7): started once, expanded by company, sent in batches, resumed wherever it stopped."""
