"""Removal, import and export of users, roles as a matrix."""
