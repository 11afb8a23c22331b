"""Alarms: how the provider's operators are told at once, by mail and in their chat (N9)."""
