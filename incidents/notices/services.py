"""Writing, publishing and withdrawing notices, and noting who has read them (N1, N6, N7).

All of it but the reading is the provider's work, as the platform role, and recorded in the provider's log.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents import public
from incidents.notices import mails
from incidents.notices.actions import (
    NOTICE_DRAFTED,
    NOTICE_PUBLISHED,
    NOTICE_READ,
    NOTICE_REVISED,
    NOTICE_SCHEDULED,
    NOTICE_WITHDRAWN,
)
from incidents.notices.content import Content
from incidents.notices.lead import complaint, is_short
from incidents.notices.models import REASON_LENGTH, Kind, Notice, NoticeAddress, NoticeRead
from incidents.notices.queries import address_ids, due_notices, unread_of
from tenants.isolation.transactions import atomic, platform_transaction
from tenants.queries import provider_scope


def draft_notice(content: Content, *, actor: Actor) -> Notice:
    """Write a notice that nobody sees yet. Raises ValidationError, keyed by field."""
    content.check()
    with provider_scope(), platform_transaction():
        notice = Notice.objects.create(**content.fields(), drafted_by_name=actor.name or actor.user_id)
        _address(notice, content)
        record(NOTICE_DRAFTED, target=_target(notice), actor=actor, after=_facts(content))
    return notice


def revise_notice(notice: Notice, content: Content, *, actor: Actor) -> Notice:
    """Say it differently, before it is published. Raises ValidationError. A notice that waits for its hour goes on."""
    content.check()
    with provider_scope(), platform_transaction():
        notice = _open(notice)
        before = {name: getattr(notice, name) for name in content.fields()}
        for name, value in content.fields().items():
            setattr(notice, name, value)
        if notice.publish_at is not None:
            _require_lead(notice, notice.publish_at)
        notice.save()
        NoticeAddress.objects.filter(notice=notice).delete()
        _address(notice, content)
        record(NOTICE_REVISED, target=_target(notice), actor=actor, before=_plain(before), after=_facts(content))
    return notice


def schedule_notice(notice: Notice, *, publish_at: datetime | None, actor: Actor) -> Notice:
    """Let the clock publish it then; None takes that back. Raises ValidationError, also for an hour that is over."""
    if publish_at is not None and publish_at <= timezone.now():
        raise ValidationError({"publish_at": _("This moment is over: choose a later one, or publish it now.")})
    with provider_scope(), platform_transaction():
        notice = _open(notice)
        if publish_at is not None:
            _require_lead(notice, publish_at)
        before, notice.publish_at = notice.publish_at, publish_at
        notice.save(update_fields=["publish_at"])
        record(
            NOTICE_SCHEDULED,
            target=_target(notice),
            actor=actor,
            before=_plain({"publish_at": before}),
            after=_plain({"publish_at": publish_at}),
        )
    return notice


def publish_notice(notice: Notice, *, actor: Actor) -> Notice:
    """Show it to its companies from now on, and start its mails. Raises ValidationError.

    Published again it stays as it is: whoever asks twice tells once.
    """
    with provider_scope(), platform_transaction():
        notice = Notice.objects.select_for_update().get(id=notice.id)
        if notice.published_at is not None and notice.withdrawn_at is None:
            return notice
        _require_open(notice)
        _require_lead(notice, timezone.now())
        return _publish(notice, actor=actor)


def publish_due(*, actor: Actor) -> int:
    """Publish what was scheduled and is due; how many. Safe to call at any time, by several at once.

    Each in a transaction of its own, so that a kill between two loses and repeats none. What was in time when it was
    scheduled is published although the clock may be late: late news are better than none.
    """
    published = 0
    for waiting in due_notices(timezone.now()):
        with provider_scope(), platform_transaction():
            due = Notice.objects.select_for_update(skip_locked=True)
            notice = due.filter(id=waiting.id, published_at=None, withdrawn_at=None).first()
            if notice is not None and notice.publish_at is not None and notice.publish_at <= timezone.now():
                _publish(notice, actor=actor)
                published += 1
    return published


def withdraw_notice(notice: Notice, *, reason: str, actor: Actor) -> Notice:
    """Take a notice back: its text is shown to nobody from now on. A draft is discarded. Raises ValidationError."""
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise ValidationError(
            {"reason": _("Give the reason in at most %(length)d characters.") % {"length": REASON_LENGTH}}
        )
    with provider_scope(), platform_transaction():
        notice = Notice.objects.select_for_update().get(id=notice.id)
        if notice.withdrawn_at is not None:
            raise ValidationError(_("This notice was withdrawn already."), code="withdrawn")
        notice.withdrawn_at, notice.withdrawn_by_name = timezone.now(), actor.name or actor.user_id
        notice.withdrawal_reason = reason.strip()
        notice.save(update_fields=["withdrawn_at", "withdrawn_by_name", "withdrawal_reason"])
        mails.stop(notice, actor=actor)
        record(NOTICE_WITHDRAWN, target=_target(notice), actor=actor, after={"reason": notice.withdrawal_reason})
        if notice.public:
            public.note_change()
    return notice


@atomic()
def mark_read(notice: Notice, *, reader: User, actor: Actor) -> bool:
    """Note that somebody has opened a notice of theirs (`queries.find_notice_for`); False when it was noted before.

    In the scope of the reader's company, in whose own log it is recorded.
    """
    receipt = NoticeRead(user=reader, notice_id=notice.id)
    if NoticeRead.objects.filter(user=reader, notice_id=notice.id).exists():
        return False
    NoticeRead.objects.bulk_create([receipt], ignore_conflicts=True)  # two pages that were opened at once
    record(NOTICE_READ, actor=actor, target=_target(notice))
    return True


def mark_all_read(*, reader: User, actor: Actor) -> int:
    """The same for everything that the bell counts; how many."""
    return sum(mark_read(notice, reader=reader, actor=actor) for notice in unread_of(reader))


def _publish(notice: Notice, *, actor: Actor) -> Notice:
    notice.published_at, notice.published_by_name = timezone.now(), actor.name or actor.user_id
    notice.save(update_fields=["published_at", "published_by_name"])
    tenant_ids = address_ids(notice)
    if notice.mail_to:
        mails.start(notice, tenant_ids, actor=actor)
    companies = "all" if tenant_ids is None else len(tenant_ids)
    after = {"published_at": notice.published_at, "companies": companies, "mail_to": notice.mail_to}
    record(NOTICE_PUBLISHED, target=_target(notice), actor=actor, after=_plain(after))
    if notice.public and notice.kind != Kind.INCIDENT:  # of those the incident itself lets know
        public.note_change()
    return notice


def _address(notice: Notice, content: Content) -> None:
    addresses = [NoticeAddress(notice_id=notice.id, tenant_id=tenant_id) for tenant_id in set(content.tenant_ids or ())]
    NoticeAddress.objects.bulk_create(addresses, batch_size=1000)


def _open(notice: Notice) -> Notice:
    locked = Notice.objects.select_for_update().get(id=notice.id)
    _require_open(locked)
    return locked


def _require_open(notice: Notice) -> None:
    if not notice.is_open:
        raise ValidationError(_("This notice can no longer be changed: write another one."), code="closed")


def _require_lead(notice: Notice, announced_at: datetime) -> None:
    """Keep the promise, or have a reason that companies read (N7)."""
    short = is_short(notice.kind, announced_at=announced_at, takes_effect_at=notice.takes_effect_at)
    if short and not notice.short_notice_ja:
        raise ValidationError({"takes_effect_at": complaint(notice.kind)}, code="short")


def _target(notice: Notice) -> Target:
    return Target(Notice._meta.label_lower, str(notice.id), notice.title_ja)


def _facts(content: Content) -> dict[str, Any]:
    companies = None if content.tenant_ids is None else sorted(map(str, content.tenant_ids))
    return _plain(content.fields()) | {"companies": "all" if companies is None else companies}


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
