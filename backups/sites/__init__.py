"""Where backups are kept: the sites, the second copy, and proofs of what a store refuses (B3)."""
