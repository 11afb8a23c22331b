"""Usage figures of every company, hour by hour and day by day, for capacity (T9)."""
