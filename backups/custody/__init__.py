"""Custody of the installation's keys: rotations, escrow, their state and their examination, all on record (P5)."""
