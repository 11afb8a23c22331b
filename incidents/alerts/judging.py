"""Whether a figure is in order: pure rules on one reading a minute, without a database (N9).

A threshold has to be passed for some minutes before it counts, and a figure has to come back behind it by a margin, and
stay there, before it is calm again (hysteresis). A gap in the readings is no evidence of either.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# A figure that cannot be read for so long is an alert itself.
UNKNOWN_AFTER = timedelta(minutes=5)
# Readings further apart say nothing about the time between them.
GAP = timedelta(minutes=3)
# So long an alert has to be calm at least; doubled each time it comes back, up to the most.
CALM_FOR = timedelta(minutes=5)
CALM_AT_MOST = timedelta(hours=4)
# Whoever passes the threshold again so soon after the end comes back: it is the same alert.
RETURNS_WITHIN = timedelta(hours=1)


class Level(StrEnum):
    """How bad it is, from the least to the worst."""

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """To compare by."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Limits:
    """From which figures on it is bad, if for so many minutes; `below`: the smaller, the worse.

    A level without a figure does not exist. `margin` is how far behind the warning a figure is calm.
    """

    warning: float | None = None
    critical: float | None = None
    for_minutes: int = 0
    margin: float = 0
    below: bool = False

    def passes(self, value: float, limit: float | None) -> bool:
        """Whether the figure has reached the limit."""
        if limit is None:
            return False
        return value <= limit if self.below else value >= limit

    def is_calm(self, value: float) -> bool:
        """Whether the figure is behind the first limit by the margin."""
        first = self.warning if self.warning is not None else self.critical
        if first is None:
            return True
        return not self.passes(value, first + self.margin if self.below else first - self.margin)

    def level_of(self, value: float | None) -> Level:
        """What the figure would be if it lasted."""
        if value is None:
            return Level.OK
        if self.passes(value, self.critical):
            return Level.CRITICAL
        return Level.WARNING if self.passes(value, self.warning) else Level.OK

    def is_worse(self, value: float, than: float) -> bool:
        """To find the worst figure."""
        return value < than if self.below else value > than


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when a figure has been what it is; None for what it is not."""

    at: datetime | None = None
    warning_since: datetime | None = None
    critical_since: datetime | None = None
    unknown_since: datetime | None = None
    calm_since: datetime | None = None


def follow(standing: Standing, limits: Limits, value: float | None, *, known: bool, at: datetime) -> Standing:
    """The standing after one more reading."""
    if standing.at is None or at - standing.at > GAP or _was_unknown(standing, at):
        standing = replace(standing, warning_since=None, critical_since=None, calm_since=None)
    if not known:
        return replace(standing, at=at, unknown_since=standing.unknown_since or at, calm_since=None)
    level = limits.level_of(value)
    calm = value is None or limits.is_calm(value)
    bad, worst = level.rank >= Level.WARNING.rank, level is Level.CRITICAL
    return Standing(
        at=at,
        warning_since=(standing.warning_since or at) if bad else None,
        critical_since=(standing.critical_since or at) if worst else None,
        calm_since=(standing.calm_since or at) if calm else None,
    )


def level_of(standing: Standing, limits: Limits) -> Level:
    """How bad it is, by what has lasted long enough."""
    at, wait = standing.at, timedelta(minutes=limits.for_minutes)
    if at is None:
        return Level.OK
    if standing.unknown_since is not None:
        return Level.UNKNOWN if at - standing.unknown_since >= UNKNOWN_AFTER else Level.OK
    for level, since in ((Level.CRITICAL, standing.critical_since), (Level.WARNING, standing.warning_since)):
        if since is not None and at - since >= wait:
            return level
    return Level.OK


def is_over(standing: Standing, limits: Limits, *, returns: int) -> bool:
    """Whether an alert that has come back so often has been calm for long enough.

    The time doubles with each return, so that a figure that swings tells of itself less and less often.
    """
    if standing.at is None or standing.calm_since is None:
        return False
    least = max(CALM_FOR, timedelta(minutes=limits.for_minutes))
    needed: timedelta = min(least * 2 ** min(returns, 10), CALM_AT_MOST)
    return standing.at - standing.calm_since >= needed


def _was_unknown(standing: Standing, at: datetime) -> bool:
    """For so long that what was before says nothing any more."""
    return standing.unknown_since is not None and at - standing.unknown_since > GAP
