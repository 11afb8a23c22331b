"""The promise clock: every deadline that was promised, by one calendar; a miss is recorded and never edited (N1-N6)."""
