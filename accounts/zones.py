"""The time zones that people can choose (T10)."""

from zoneinfo import available_timezones

_REGIONS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)

# A place in the world, or UTC. Not the old names of countries (`Japan`), of rules (`PST8PDT`) or of none (`Factory`).
TIME_ZONES = tuple(
    sorted(zone for zone in available_timezones() if zone == "UTC" or zone.partition("/")[0] in _REGIONS)
)
