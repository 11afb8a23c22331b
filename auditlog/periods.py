"""Periods that people name: days in the zone of the reader, as moments of the log (G2, G8)."""

from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auditlog.spans import Span

# The longest class keeps events for seven years; a day more than eight leaves nothing out.
_KEPT_DAYS = 8 * 366
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


class Period(models.TextChoices):
    """The periods that a reader can choose without typing a day. The values stand in addresses and saved filters."""

    TODAY = "today", _("Today")
    WEEK = "7d", _("7 days")
    MONTH = "30d", _("30 days")
    THIS_MONTH = "this-month", _("This month")
    LAST_MONTH = "last-month", _("Last month")
    ALL = "all", _("Everything kept")


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a period, as of today."""
    today = timezone.localdate()
    begun = today.replace(day=1)
    before = begun - timedelta(days=1)
    return {
        Period.TODAY: (today, today),
        Period.WEEK: (today - timedelta(days=6), today),
        Period.MONTH: (today - timedelta(days=29), today),
        Period.THIS_MONTH: (begun, today),
        Period.LAST_MONTH: (before.replace(day=1), before),
        Period.ALL: (today - timedelta(days=_KEPT_DAYS), today),
    }[Period(period)]


def span_of(first: date, last: date) -> Span:
    """From the beginning of the first day to the end of the last, which is not before the beginning.

    What is to come is left out but for a day, so that no partition is opened that was made ahead.
    """
    end = min(_midnight(last + timedelta(days=1)), timezone.now() + timedelta(days=1))
    return Span(_midnight(first), end)


def _midnight(day: date) -> datetime:
    """The beginning of the day in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
