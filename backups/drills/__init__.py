"""Restore drills: archives restored into a scratch database on a rota, and what that proved (B5, B6)."""
