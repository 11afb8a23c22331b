"""The period of an export: whole days of the reader's zone, up to now (G2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` to before `end`."""

    begin: datetime
    end: datetime

    @classmethod
    def of_days(cls, since: date, until: date) -> "Period":
        """From the first day to the end of the last one in the current zone, or to now.

        Raises ValidationError, by field, for days in the wrong order, in the future, or too many of them.
        """
        today = timezone.localdate()
        if until > today:
            raise ValidationError({"until": _("This day has not come yet.")})
        if until < since:
            raise ValidationError({"until": _("The last day is before the first one.")})
        if (until - since).days >= MAX_DAYS:
            text = _("Choose at most %(days)d days, and one file after the other for more.") % {"days": MAX_DAYS}
            raise ValidationError({"since": text})
        return cls(_midnight(since), min(_midnight(until + timedelta(days=1)), timezone.now()))

    def days(self) -> Iterator["Period"]:
        """The same day by day in UTC, as the partitions are: each needs few of them."""
        begin = self.begin
        while begin < self.end:
            following = datetime.combine(begin.astimezone(UTC).date() + timedelta(days=1), time.min, UTC)
            yield Period(begin, min(following, self.end))
            begin = following


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
