"""When a company reaches the limit of its plan, if it goes on growing as it did (T9)."""

from dataclasses import dataclass
from datetime import date, timedelta

# What lies further ahead than these days is no forecast.
_FORESEEN_DAYS = 5 * 365


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure now and some days before, and how much is allowed."""

    day: date | None
    now: int | None
    since: date | None
    before: int | None
    allowed: int

    @property
    def growth(self) -> int | None:
        """By how much it has grown; unknown with less than two days."""
        if self.now is None or self.before is None or self.day == self.since:
            return None
        return self.now - self.before

    @property
    def full_on(self) -> date | None:
        """The day on which the limit is reached; None when it does not grow, or not soon enough to be foretold."""
        if self.day is None or self.now is None or self.since is None:
            return None
        if self.now >= self.allowed:
            return self.day
        if not self.growth or self.growth < 0:
            return None
        days = -(-(self.allowed - self.now) * (self.day - self.since).days // self.growth)
        return self.day + timedelta(days=days) if days <= _FORESEEN_DAYS else None
