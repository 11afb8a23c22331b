"""Secrets of the tests, remembered when they come into being and looked for wherever something is kept (G7)."""
