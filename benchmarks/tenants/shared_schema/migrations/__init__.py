"""Migrations of this side."""
