"""When administrators are told: a review is due, or one has been open for too long (A12). At most once a week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.inventory import queries
from accounts.inventory.models import AccountReview
from tenants.isolation.transactions import atomic, take_turns

_PAUSE = timedelta(days=7)
_DAYS_AHEAD = 7  # before the end of a review in progress


@dataclass(frozen=True, slots=True)
class Reminder:
    """What to tell: begin a review (`review` is None), or complete that one by `due_on`."""

    due_on: date
    review: AccountReview | None = None


def next_due() -> date | None:
    """The day on which the next review is due; None if none is wanted."""
    months, last = queries.schedule().months, queries.last_completed()
    since = last.completed_at if last else queries.first_registration()
    if not months or since is None:
        return None
    return _months_after(timezone.localdate(since), months)


@atomic()
def take_due(now: datetime) -> Reminder | None:
    """What administrators are to be told today, if anything; it counts as told now."""
    take_turns("accounts.inventory")
    review, schedule = queries.open_review(), queries.schedule()
    today = timezone.localdate(now)
    if review is not None:
        if today < review.due_on - timedelta(days=_DAYS_AHEAD) or _is_recent(review.reminded_at, now):
            return None
        review.reminded_at = now
        review.save(update_fields=["reminded_at"])
        return Reminder(review.due_on, review)
    due = next_due()
    if due is None or today < due or _is_recent(schedule.reminded_at, now):
        return None
    schedule.reminded_at = now
    schedule.save()
    return Reminder(due)


def _is_recent(told_at: datetime | None, now: datetime) -> bool:
    return told_at is not None and now - told_at < _PAUSE


def _months_after(day: date, months: int) -> date:
    """The same day so many months later; the last one of a month that is shorter."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    last = date((count + 1) // 12, (count + 1) % 12 + 1, 1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
