"""Mailings are started, stopped and taken up again, by what they are about (N1, N2, N6, N7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, Replace
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents.mailing.actions import ADDRESS_FORGOTTEN, MAILING_RESUMED, MAILING_STARTED, MAILING_STOPPED
from incidents.mailing.composing import body_of, message_id_of
from incidents.mailing.models import LEFT, STOPPED, Audience, Delivery, DeliveryState, Mailing, MailingCompany
from incidents.mailing.recipients import companies_told
from tenants.isolation.models import new_id
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import platform_transaction

_BATCH = 1000
_WORK = "incidents.mailing.tasks.work_on"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """An address of the public, and the path of the link by which it unsubscribes (also by POST, RFC 8058)."""

    address: str
    language: str
    unsubscribe: str


def start_mailing(
    *,
    about: str,
    about_id: object,
    step: str,
    subject_ja: str,
    subject_en: str,
    template: str,
    context: dict[str, Any],
    tenant_ids: Collection[UUID] | None = None,
    audience: str = Audience.CONTACTS,
    subscribers: Iterable[Subscriber] | None = None,
    actor: Actor,
) -> Mailing:
    """Have a mail sent to people of some companies, or of all (None), or to these subscribers alone.

    Once for each step of a thing: called again, it returns what was started before. To be called with the provider in
    scope, in the platform role's transaction of the deed that it belongs to; workers begin when that is committed.
    `template` and `context` are those of `composing`, whose errors are raised here, before anybody is told.
    """
    with platform_transaction():
        mailing, is_new = Mailing.objects.get_or_create(
            about=about,
            about_id=str(about_id),
            step=step,
            defaults={
                "audience": Audience.ADDRESSES if subscribers is not None else Audience(audience),
                "subject_ja": _line(subject_ja),
                "subject_en": _line(subject_en),
                "template": template,
                "context": context,
                "started_by": actor.name or actor.user_id,
            },
        )
        if is_new:
            mailing.refresh_from_db()  # the context as a worker reads it
            for language in ("ja", "en"):
                body_of(mailing, language, "Asia/Tokyo", {"name": "", "company": "", "company_code": ""})
            told = _add_companies(mailing, tenant_ids) if subscribers is None else _add(mailing, subscribers)
            after = {"about": about, "about_id": str(about_id), "step": step, "audience": mailing.audience}
            record(MAILING_STARTED, actor=actor, target=_target(mailing), after=after | told)
            queue_on_commit(_WORK, str(mailing.id))
        return mailing


def stop_mailing(mailing_id: UUID, *, actor: Actor) -> bool:
    """Send no more of it; False when it was finished already. A mail that is on its way arrives."""
    with platform_transaction():
        mailing = Mailing.objects.select_for_update().get(id=mailing_id)
        if mailing.finished_at or mailing.stopped_at:
            return False
        mailing.stopped_at = timezone.now()
        mailing.expanded_at = mailing.expanded_at or mailing.stopped_at
        mailing.save(update_fields=["stopped_at", "expanded_at"])
        waiting = Delivery.objects.filter(mailing_id=mailing.id, state=DeliveryState.QUEUED)
        kept = waiting.update(state=DeliveryState.SKIPPED, error=STOPPED)
        record(MAILING_STOPPED, actor=actor, target=_target(mailing), after={"not_sent": kept})
        queue_on_commit(_WORK, str(mailing.id))
        return True


def send_refused_again(mailing_id: UUID, *, actor: Actor) -> int:
    """Queue what the mail server refused once more, after its cause was removed; how many mails."""
    with platform_transaction():
        mailing = Mailing.objects.select_for_update().get(id=mailing_id)
        refused = Delivery.objects.filter(mailing_id=mailing.id, state=DeliveryState.REFUSED)
        now = timezone.now()
        count = refused.update(state=DeliveryState.QUEUED, attempts=0, next_try_at=now, claim=None)
        if count:
            mailing.finished_at, mailing.next_try_at = None, now
            mailing.save(update_fields=["finished_at", "next_try_at"])
            record(MAILING_RESUMED, actor=actor, target=_target(mailing), after={"mails": count})
            queue_on_commit(_WORK, str(mailing.id))
        return count


def forget_address(address: str, *, actor: Actor) -> int:
    """Take a subscriber's address out of what was sent, when they have left; how many mails. Nothing waits for them."""
    with platform_transaction():
        found = Delivery.objects.filter(tenant_id=None, address=address)
        found.filter(state=DeliveryState.QUEUED).update(state=DeliveryState.SKIPPED, error=LEFT)
        keys = list(found.values_list("id", flat=True))
        for key in keys:  # one address a mailing: each keeps a mark of its own
            Delivery.objects.filter(id=key).update(address=f"{key.hex}@", unsubscribe="")
        if keys:
            record(ADDRESS_FORGOTTEN, actor=actor, target=Target("mailing.delivery"), after={"mails": len(keys)})
        return len(keys)


def forget_addresses(about: str, *, before: datetime, actor: Actor) -> int:
    """Take the addresses of subscribers out of mails about such things that were all sent by then; how many mails."""
    with platform_transaction():
        finished = Mailing.objects.filter(about=about, finished_at__lt=before).values("id")
        kept = Delivery.objects.filter(tenant_id=None, mailing_id__in=finished)
        keys = list(kept.exclude(unsubscribe="").values_list("id", flat=True)[:_BATCH])
        if keys:
            mark = Concat(Replace(Cast("id", CharField()), Value("-"), Value("")), Value("@"))
            Delivery.objects.filter(id__in=keys).update(address=mark, unsubscribe="")
            record(ADDRESS_FORGOTTEN, actor=actor, target=Target("mailing.delivery"), after={"mails": len(keys)})
        return len(keys)


def _add_companies(mailing: Mailing, tenant_ids: Collection[UUID] | None) -> dict[str, int]:
    companies = [MailingCompany(mailing_id=mailing.id, tenant_id=tenant_id) for tenant_id in companies_told(tenant_ids)]
    MailingCompany.objects.bulk_create(companies, batch_size=_BATCH)
    return {"companies": len(companies)}


def _add(mailing: Mailing, subscribers: Iterable[Subscriber]) -> dict[str, int]:
    deliveries = []
    for each in {each.address.casefold(): each for each in subscribers}.values():
        key = new_id()
        deliveries.append(
            Delivery(
                id=key,
                mailing_id=mailing.id,
                address=each.address,
                language=each.language,
                unsubscribe=each.unsubscribe,
                message_id=message_id_of(key),
            )
        )
    Delivery.objects.bulk_create(deliveries, batch_size=_BATCH)
    return {"subscribers": len(deliveries)}


def _target(mailing: Mailing) -> Target:
    return Target("mailing.mailing", str(mailing.id), mailing.subject_ja)


def _line(text: str) -> str:
    """A subject is one line."""
    return " ".join(text.split())[:200]
