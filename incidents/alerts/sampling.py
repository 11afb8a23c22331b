"""Figures as series: for charts and the small lines of the overview; kept for SAMPLE_DAYS."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from auditlog.actors import Actor
from incidents.alerts.models import SAMPLE_DAYS, Sample
from tenants.isolation.expiring import Expired
from tenants.isolation.transactions import current_connection, platform_transaction

Series = list[tuple[datetime, float]]
Course = list[tuple[datetime, float | None]]

_BINNED = """
SELECT measure, subject, date_bin(%(step)s, at, timestamptz '2000-01-01 00:00+00') AS bin, avg(value)
FROM alerts_sample WHERE at >= %(since)s AND at <= %(until)s
GROUP BY measure, subject, bin ORDER BY bin
"""
_OF_ONE = _BINNED.replace("GROUP BY", "AND measure = %(of)s AND subject = %(about)s GROUP BY")


def series_of(measure: str, subject: str, since: datetime, until: datetime, *, most: int = 240) -> Course:
    """The figures of one subject, minute by minute, None in a gap; longer spans by the mean of some minutes.

    As the platform role.
    """
    minutes = max(1, round((until - since).total_seconds() / 60 / most))
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_OF_ONE, {**_span(timedelta(minutes=minutes), since, until), "of": measure, "about": subject})
        found = {at: value for _measure, _subject, at, value in cursor.fetchall()}
    if not found:
        return []
    step, steps = timedelta(minutes=minutes), (max(found) - min(found)) // timedelta(minutes=minutes)
    return [(at, found.get(at)) for at in (min(found) + number * step for number in range(steps + 1))]


def recent_series(since: datetime, until: datetime, *, points: int = 48) -> dict[tuple[str, str], Series]:
    """Those of every subject at once, in about so many points, by measure and subject. In a platform transaction."""
    step = (until - since) / points
    found: dict[tuple[str, str], Series] = defaultdict(list)
    with current_connection().cursor() as cursor:
        cursor.execute(_BINNED, _span(step, since, until))
        for measure, subject, at, value in cursor.fetchall():
            found[measure, subject].append((at, value))
    return found


def _span(step: timedelta, since: datetime, until: datetime) -> dict[str, Any]:
    return {"step": step, "since": since, "until": until}


def expire(*, actor: Actor, dry_run: bool) -> Expired:  # noqa: ARG001 - figures, which nobody made
    """The figures' part in the nightly run (R6); see `tenants.isolation.expiring`."""
    with platform_transaction():
        old = Sample.objects.filter(at__lt=timezone.now() - timedelta(days=SAMPLE_DAYS))
        due = old.count()
        removed = 0 if dry_run else old.delete()[0]
        oldest = Sample.objects.aggregate(at=Min("at"))["at"]
    return Expired(due=due, removed=removed, oldest=oldest)
