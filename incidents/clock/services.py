"""Starting, meeting and withdrawing deadlines, in the transaction of what they are about (N1, N2, N4, N6)."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import record
from config.business_hours import BusinessCalendar
from incidents.alarms.services import within_a_log
from incidents.clock.actions import DEADLINE_MET, DEADLINE_MET_LATE, DEADLINE_STARTED, DEADLINE_WITHDRAWN
from incidents.clock.editions import calendar_in_force
from incidents.clock.kinds import KINDS, Time
from incidents.clock.models import Deadline
from tenants.isolation.context import current_tenant_id, on_platform


def start_deadline(
    kind: str,
    *,
    about: str,
    about_id: object,
    started_at: datetime,
    title_ja: str,
    title_en: str,
    link: str,
    due_at: datetime | None = None,
    tenant_id: UUID | None = None,
    grade: str = "",
    actor: Actor,
) -> Deadline:
    """Promise something: the deadline runs from `started_at`, and is counted by its kind unless it brings `due_at`.

    Call it in the transaction of what it is about: as the platform, for any company (`tenant_id`) or for none; or as a
    company, which promises itself something and no other. `grade` is what the rule of the kind depends on: the priority
    of an inquiry, or "malicious". `link` is a path. Titles name things by number, never in a customer's words.

    A second one while the first is open is the first one, so that jobs may come again. Recorded in the log of the
    tenant in scope, or the provider's. Raises ValueError for a kind that needs `due_at`.
    """
    rule, calendar = KINDS[kind], calendar_in_force()
    if tenant_id is None and not on_platform():
        tenant_id = current_tenant_id()
    with within_a_log():
        known = _open_ones(kind, about_id).filter(about=about, tenant_id=tenant_id).first()
        if known is not None:
            return known
        due = due_at or rule.due_of(started_at, calendar, grade)
        half, most = _stages(rule.time, started_at, due, calendar)
        deadline = Deadline(
            kind=kind,
            about=about,
            about_id=str(about_id),
            tenant_id=tenant_id,
            title_ja=title_ja[:200],
            title_en=title_en[:200],
            link=link,
            started_at=started_at,
            half_at=half,
            most_at=most,
            due_at=due,
            calendar_version=calendar.version,
            next_at=half,
        )
        deadline.save(force_insert=True)
        record(DEADLINE_STARTED, actor=actor, target=deadline, after={"kind": kind, "due": due})
    return deadline


def meet_deadline(
    kind: str, *, about_id: object, at: datetime | None = None, tenant_id: UUID | None = None, actor: Actor
) -> int:
    """What was promised is done, at that time; how many open deadlines that meets, of one company or of all.

    One that is met after it was due is missed, for good, and done all the same.
    """
    at = at or timezone.now()
    with within_a_log():
        found = list(_of_company(_open_ones(kind, about_id), tenant_id).select_for_update())
        for deadline in found:
            deadline.met_at, deadline.next_at = at, None
            late = at > deadline.due_at
            if late and deadline.missed_at is None:
                deadline.missed_at = at
            deadline.save(update_fields=["met_at", "missed_at", "next_at"])
            action = DEADLINE_MET_LATE if deadline.missed_at else DEADLINE_MET
            record(action, actor=actor, target=deadline, after={"kind": kind, "due": deadline.due_at, "met": at})
    return len(found)


def withdraw_deadline(kind: str, *, about_id: object, reason: str, tenant_id: UUID | None = None, actor: Actor) -> int:
    """What was promised is not to be done any more, for a reason that stays on record; how many that ends.

    One that was missed stays missed, and so does one that is overdue at this moment.
    """
    now = timezone.now()
    with within_a_log():
        found = list(_of_company(_open_ones(kind, about_id), tenant_id).select_for_update())
        for deadline in found:
            deadline.withdrawn_at, deadline.withdrawn_reason, deadline.next_at = now, reason[:500], None
            if deadline.missed_at is None and now > deadline.due_at:
                deadline.missed_at = now
            deadline.save(update_fields=["withdrawn_at", "withdrawn_reason", "missed_at", "next_at"])
            after = {"kind": kind, "due": deadline.due_at, "reason": reason}
            record(DEADLINE_WITHDRAWN, actor=actor, target=deadline, after=after)
    return len(found)


def _open_ones(kind: str, about_id: object) -> QuerySet[Deadline]:
    return Deadline.objects.filter(kind=kind, about_id=str(about_id), met_at=None, withdrawn_at=None)


def _of_company(found: QuerySet[Deadline], tenant_id: UUID | None) -> QuerySet[Deadline]:
    return found if tenant_id is None else found.filter(tenant_id=tenant_id)


def _stages(time: Time, start: datetime, due: datetime, calendar: BusinessCalendar) -> tuple[datetime, datetime]:
    """When 50 and 80 % of the time have passed. A day off is no time in which somebody could have acted."""
    if time is Time.BUSINESS and (whole := calendar.business_time_between(start, due)):
        return calendar.after_business_hours(start, whole * 0.5), calendar.after_business_hours(start, whole * 0.8)
    return start + (due - start) * 0.5, start + (due - start) * 0.8
