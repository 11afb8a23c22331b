"""Which promises run for an incident, kept in step with what is known of it (N1, N2, N3).

What is demanded follows from severity, status and companies alone. Whatever changes one of them calls `keep_in_step`,
which starts the deadlines that are missing and withdraws those that nobody is owed any more.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Min
from django.urls import reverse

from auditlog.actors import Actor
from incidents.clock import services as clock
from incidents.clock.editions import calendar_in_force
from incidents.clock.kinds import KINDS, MALICIOUS
from incidents.clock.models import Deadline
from incidents.models import Incident, ReportKind, ReportState

ABOUT = "incident"
FIRST_NOTICE, TENANTS_TOLD, NEXT_UPDATE = "first_notice", "tenants_told", "next_update"
FINAL_REPORT, REVIEW = "final_report", "review"
PPC_PRELIMINARY, PPC_FINAL = "ppc_preliminary", "ppc_final"
AUTHORITY = (PPC_PRELIMINARY, PPC_FINAL)
_KINDS = frozenset({FIRST_NOTICE, TENANTS_TOLD, NEXT_UPDATE, FINAL_REPORT, REVIEW, *AUTHORITY})

NO_LONGER_DEMANDED = "no longer demanded by severity, status or companies"


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise from a moment on; `due_at` only where the kind has no rule of its own."""

    since: datetime
    due_at: datetime | None = None


def owed(incident: Incident) -> dict[str, Owed]:
    """The promises that run or are kept, by kind. In the open transaction of the platform role."""
    if incident.has_ended:
        return {}
    began, demand, found = incident.round_began_at, incident.demand, {}
    if demand.first_notice:
        found[FIRST_NOTICE] = Owed(began)
    if demand.tenants_told and (untold := _untold_since(incident)):
        found[TENANTS_TOLD] = Owed(untold)
    if incident.next_update_at is not None:
        found[NEXT_UPDATE] = Owed(_last_published(incident) or began, incident.next_update_at)
    if incident.personal_data:
        found |= {kind: _to_authority(incident, kind) for kind in AUTHORITY}
    if incident.resolved_at is not None:
        found |= {FINAL_REPORT: Owed(incident.resolved_at)} if demand.final_report else {}
        found |= {REVIEW: Owed(incident.resolved_at)} if demand.review else {}
    return found


def keep_in_step(incident: Incident, *, actor: Actor) -> None:
    """Start what is owed and not running, withdraw what runs and is not owed. In the caller's transaction."""
    wanted, known = owed(incident), deadlines_of(incident)
    for deadline in known:
        promise = wanted.get(deadline.kind)
        if deadline.is_open and deadline.kind in _KINDS and (promise is None or not _same(deadline, promise)):
            clock.withdraw_deadline(deadline.kind, about_id=incident.id, reason=NO_LONGER_DEMANDED, actor=actor)
    for kind, promise in wanted.items():
        if not any(_covers(incident, deadline, kind, promise) for deadline in known):
            _start(incident, kind, promise, actor)


def keep_those_of_report(incident: Incident, kind: str, at: datetime, *, actor: Actor) -> None:
    """A report went out: whatever it keeps is kept. In the caller's transaction, before `keep_in_step`."""
    kept = {FIRST_NOTICE, TENANTS_TOLD, NEXT_UPDATE} | ({FINAL_REPORT} if kind == ReportKind.FINAL_REPORT else set())
    for deadline in deadlines_of(incident):
        if deadline.is_open and deadline.kind in kept:
            clock.meet_deadline(deadline.kind, about_id=incident.id, at=at, actor=actor)


def keep(incident: Incident, kind: str, at: datetime, *, actor: Actor) -> None:
    """Something else was done that was promised. In the caller's transaction."""
    if any(deadline.kind == kind and deadline.is_open for deadline in deadlines_of(incident)):
        clock.meet_deadline(kind, about_id=incident.id, at=at, actor=actor)


def withdraw_all(incident: Incident, reason: str, *, actor: Actor) -> None:
    """Nothing is owed any more for this one."""
    for deadline in deadlines_of(incident):
        if deadline.is_open:
            clock.withdraw_deadline(deadline.kind, about_id=incident.id, reason=reason, actor=actor)


def deadlines_of(incident: Incident) -> list[Deadline]:
    """Every deadline that ever ran for the incident, by its end; in the open transaction of the platform role."""
    return list(Deadline.objects.filter(about=ABOUT, about_id=str(incident.id)).order_by("due_at", "id"))


def first_notices_due(before: datetime) -> list[UUID]:
    """The incidents whose first notice is owed until then; in the open transaction of the platform role."""
    waiting = Deadline.objects.filter(about=ABOUT, kind=FIRST_NOTICE, met_at=None, withdrawn_at=None)
    return [UUID(key) for key in waiting.filter(due_at__lte=before).values_list("about_id", flat=True)]


def _to_authority(incident: Incident, kind: str) -> Owed:
    """With its end, which moves when the act turns out to be malicious."""
    since, grade = incident.detected_at, MALICIOUS if incident.malicious else ""
    return Owed(since, KINDS[kind].due_of(since, calendar_in_force(), grade))


def _same(deadline: Deadline, promise: Owed) -> bool:
    return deadline.started_at == promise.since and promise.due_at in {None, deadline.due_at}


def _covers(incident: Incident, deadline: Deadline, kind: str, promise: Owed) -> bool:
    """Whether the deadline is that of the promise, or kept it in this round already."""
    if deadline.kind != kind or deadline.withdrawn_at is not None:
        return False
    if _same(deadline, promise):
        return True
    if deadline.met_at is None or kind in {TENANTS_TOLD, NEXT_UPDATE}:
        return False
    return kind in AUTHORITY or deadline.met_at >= incident.round_began_at


def _start(incident: Incident, kind: str, promise: Owed, actor: Actor) -> None:
    clock.start_deadline(
        kind,
        about=ABOUT,
        about_id=incident.id,
        started_at=promise.since,
        title_ja=f"{incident.number} {incident.title_ja}",
        title_en=f"{incident.number} {incident.title_en or incident.title_ja}",
        link=reverse("operator:incident", args=[incident.number]),
        due_at=promise.due_at,
        actor=actor,
    )


def _untold_since(incident: Incident) -> datetime | None:
    """Since when the provider knows of a company that nobody has told; None when all are told."""
    if incident.whole_service:
        return None if incident.told_at else incident.round_began_at
    untold = incident.affected.filter(told_at=None).aggregate(since=Min("known_at"))
    since: datetime | None = untold["since"]
    return since


def _last_published(incident: Incident) -> datetime | None:
    published = incident.reports.filter(state=ReportState.PUBLISHED).aggregate(at=Max("published_at"))
    at: datetime | None = published["at"]
    return at
