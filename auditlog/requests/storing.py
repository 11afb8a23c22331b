"""From the broker into the table (G6). Nothing is stored twice, however often a job is killed and begins anew."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import redis
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.requests.buffer import KEY, broker
from auditlog.requests.models import KEPT_DAYS, RequestEntry
from tenants.isolation.expiring import Expired
from tenants.isolation.keeping import put_aside
from tenants.isolation.models import new_id
from tenants.isolation.transactions import current_connection, platform_transaction

logger = logging.getLogger(__name__)

_BATCH = 2_000


def store_waiting(*, key: str = KEY) -> int:
    """Store what waits in the broker; returns how many entries were new.

    What waits is put aside under a name of its own first. That name goes only when all of it is stored; if this job
    ends before, the next one finds it, and the keys of the entries tell what is there already.
    """
    stored = 0
    for aside in _put_aside(key):
        first = 0
        while lines := list(broker().lrange(aside, first, first + _BATCH - 1)):
            stored += _store(entry for line in lines if (entry := _parsed(line)))
            first += len(lines)
        broker().delete(aside)
    return stored


def turn_partitions(today: date | None = None) -> int:
    """Make the days ahead and drop those whose time is over; returns how many changed."""
    today = today or timezone.now().date()
    with platform_transaction(), current_connection().cursor() as cursor:
        put_aside(RequestEntry, Q(at__lt=datetime.combine(today - timedelta(days=KEPT_DAYS), time(), UTC)))
        cursor.execute("SELECT requests_turn_partitions(%s)", [today])
        (changed,) = cursor.fetchone()
    return int(changed)


def expire(*, actor: Actor, dry_run: bool) -> Expired:  # noqa: ARG001 - nobody's deed: a log of its own
    """The request log's part in the nightly run (R6); see `tenants.isolation.expiring`.

    A day goes whole, so its first request may be 31 days old.
    """
    before = datetime.combine(timezone.now().date() - timedelta(days=KEPT_DAYS), time.min, UTC)
    with platform_transaction():
        due = RequestEntry.objects.filter(at__lt=before).count()
    if not dry_run:
        turn_partitions()
    with platform_transaction():
        left = RequestEntry.objects.filter(at__lt=before).count()
        oldest = RequestEntry.objects.order_by("at").values_list("at", flat=True).first()
    return Expired(due=due, removed=due - left, overdue=left, oldest=oldest)


def _put_aside(key: str) -> list[str]:
    """The names under which something waits to be stored: what earlier jobs left, and what came since."""
    names = [name.decode() for name in broker().scan_iter(f"{key}:aside:*")]
    fresh = f"{key}:aside:{new_id().hex}"
    try:
        broker().rename(key, fresh)
    except redis.ResponseError:
        return names  # nothing came
    return [*names, fresh]


def _store(entries: Iterator[RequestEntry]) -> int:
    with platform_transaction():
        before = list(entries)
        known = set(
            RequestEntry.objects.filter(
                at__in=[entry.at for entry in before], id__in=[entry.id for entry in before]
            ).values_list("id", flat=True)
        )
        RequestEntry.objects.bulk_create(before, ignore_conflicts=True)
    return len({entry.id for entry in before} - known)


def _parsed(line: bytes | str) -> RequestEntry | None:
    """The entry of a line; None for one that cannot be stored, which must not keep the others from it."""
    try:
        values = json.loads(line)
        values["id"], values["at"] = UUID(values["id"]), datetime.fromisoformat(values["at"])
        entry = RequestEntry(**values)
        entry.clean_fields()
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        logger.exception("An entry of the request log is not one")
        return None
    now = timezone.now()
    return entry if now - timedelta(days=KEPT_DAYS) < entry.at < now + timedelta(days=1) else None
