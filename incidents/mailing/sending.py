"""The mails of a mailing go out: claimed in batches, sent one by one, each noted before the next one.

Workers take different batches (SKIP LOCKED). A claim is a lease that its holder renews; of a worker that was killed it
runs out, and another one goes on. Only the mail that it had in hand may then go twice, under the same Message-ID.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from incidents.mailing.composing import NOBODY, compose
from incidents.mailing.models import LEFT, Delivery, DeliveryState, Mailing
from incidents.mailing.post import Post, RefusedError, ServerAwayError
from incidents.mailing.recipients import Reader, readers_of
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant

BATCH = 50
# A worker's time at a stretch, so that other work comes in between.
STRETCH_SECONDS = 20.0
# A mail that is put off so often (three days) is given up; a server that is away never is.
MOST_ATTEMPTS = 24
_LONGEST_WAIT, _LONGEST_OUTAGE = timedelta(hours=4), timedelta(minutes=15)


@dataclass(slots=True)
class _Batch:
    """Mails in the hands of one worker, and whose they are."""

    mailing: Mailing
    claim: UUID
    deliveries: list[Delivery]
    readers: dict[UUID, Reader]
    companies: dict[UUID, Tenant]
    held_until: float


def send(mailing_id: UUID) -> int:
    """Send what is due of a mailing until nothing is, the server is away or the time is up; how many mails.

    Call it with no transaction open, as the platform role.
    """
    sent, ends = 0, monotonic() + STRETCH_SECONDS
    with Post() as post:
        while batch := _claim(mailing_id):
            try:
                for delivery in _held(batch):
                    sent += _deliver(post, batch, delivery)
            except ServerAwayError as trouble:
                _put_off(batch, str(trouble))
                break
            if monotonic() > ends:
                break
    return sent


def lease() -> timedelta:
    """For how long a claim holds: longer than a mail can take, with each answer of the server as late as it may be."""
    return timedelta(seconds=8 * settings.EMAIL_TIMEOUT)


def _claim(mailing_id: UUID) -> _Batch | None:
    """Take the next mails, unless the mailing waits or enough workers are at it."""
    now, claim = timezone.now(), uuid4()
    with platform_transaction():
        mailing = Mailing.objects.filter(id=mailing_id, stopped_at=None, next_try_at__lte=now).first()
        if mailing is None or workers_at(mailing_id, now) >= settings.MAIL_CONNECTIONS:
            return None
        due = Delivery.objects.select_for_update(skip_locked=True).filter(
            mailing_id=mailing.id, state=DeliveryState.QUEUED, next_try_at__lte=now
        )
        deliveries = list(due.order_by("next_try_at", "id")[:BATCH])
        keys = [delivery.id for delivery in deliveries]
        Delivery.objects.filter(id__in=keys).update(claim=claim, next_try_at=now + lease())
        companies = Tenant.objects.in_bulk({each.tenant_id for each in deliveries if each.tenant_id})
    if not deliveries:
        return None
    readers = readers_of((each.tenant_id, each.user_id) for each in deliveries if each.tenant_id and each.user_id)
    return _Batch(mailing, claim, deliveries, readers, companies, monotonic() + lease().total_seconds())


def workers_at(mailing_id: UUID, now: datetime) -> int:
    """How many have mails of it in hand; inside a transaction of the platform role."""
    held = Delivery.objects.filter(mailing_id=mailing_id, state=DeliveryState.QUEUED, next_try_at__gt=now)
    return held.exclude(claim=None).values("claim").distinct().count()


def _held(batch: _Batch) -> Iterator[Delivery]:
    """The mails one by one, as long as they are ours: renewed in time, or left to whoever took them over."""
    for delivery in batch.deliveries:
        if batch.held_until - monotonic() < lease().total_seconds() * 0.75:
            with platform_transaction():
                _ours(batch).update(next_try_at=timezone.now() + lease())
                left = set(_ours(batch).values_list("id", flat=True))
            batch.held_until = monotonic() + lease().total_seconds()
            if delivery.id not in left:
                return
        yield delivery


def _deliver(post: Post, batch: _Batch, delivery: Delivery) -> int:
    """Send one mail and note what became of it."""
    reader = batch.readers.get(delivery.user_id, None) if delivery.user_id else NOBODY
    company = batch.companies.get(delivery.tenant_id) if delivery.tenant_id else None
    if reader is None or (company is None and delivery.tenant_id):
        _note(delivery, batch.claim, state=DeliveryState.SKIPPED, error=LEFT)
        return 0
    name, code = (company.name, company.company_code) if company else ("", "")
    try:
        post.send(compose(batch.mailing, delivery, reader, company=name, company_code=code))
    except RefusedError as refusal:
        _refused(delivery, batch.claim, refusal)
        return 0
    attempts = delivery.attempts + 1
    _note(delivery, batch.claim, state=DeliveryState.SENT, sent_at=timezone.now(), attempts=attempts, error="")
    if batch.mailing.failures:
        _recovered(batch)
    return 1


def _refused(delivery: Delivery, claim: UUID, refusal: RefusedError) -> None:
    """Keep what the server said; a mail that it may take later waits for that."""
    attempts, error = delivery.attempts + 1, str(refusal)[:500]
    if refusal.for_good or attempts >= MOST_ATTEMPTS:
        _note(delivery, claim, state=DeliveryState.REFUSED, attempts=attempts, error=error)
    else:
        wait = min(timedelta(minutes=1) * 2 ** (attempts - 1), _LONGEST_WAIT)
        _note(delivery, claim, attempts=attempts, error=error, next_try_at=timezone.now() + wait)


def _note(delivery: Delivery, claim: UUID, **values: object) -> None:
    with platform_transaction():
        Delivery.objects.filter(id=delivery.id, claim=claim, state=DeliveryState.QUEUED).update(claim=None, **values)


def _put_off(batch: _Batch, trouble: str) -> None:
    """Give back what was not sent; the whole mailing waits, longer each time, until the server is there again."""
    now = timezone.now()
    with platform_transaction():
        _ours(batch).update(claim=None, next_try_at=now)
        mailing = Mailing.objects.select_for_update().get(id=batch.mailing.id)
        if mailing.next_try_at <= now:  # another worker may have met the same
            mailing.failures += 1
            mailing.next_try_at = now + min(
                timedelta(seconds=30) * 2 ** (min(mailing.failures, 9) - 1), _LONGEST_OUTAGE
            )
        mailing.trouble = trouble[:500]
        mailing.save(update_fields=["failures", "next_try_at", "trouble"])


def _recovered(batch: _Batch) -> None:
    batch.mailing.failures = 0
    with platform_transaction():
        Mailing.objects.filter(id=batch.mailing.id).update(failures=0, trouble="")


def _ours(batch: _Batch) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(mailing_id=batch.mailing.id, claim=batch.claim, state=DeliveryState.QUEUED)
