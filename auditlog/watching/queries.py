"""Reads of watching: events for the rules, findings for the pages, summaries over all companies for operators (G9)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, BooleanField, F, Min, Q, QuerySet, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import RowNumber
from django.utils import timezone

from auditlog.models import AuditEvent
from auditlog.queries import events
from auditlog.watching.models import Digest, DigestMail, Finding, Place, RuleSetting, Severity
from tenants.isolation.transactions import current_connection, platform_transaction

# A watcher that stood still for longer does not look further back, so that the database opens few partitions.
LOOK_BACK = timedelta(days=7)
SEEN = ("id", "at", "action", "outcome", "actor_kind", "actor_id", "actor_user_id", "actor_name", "ip", "session_id",
        "target_id", "target_label", "before", "after")  # fmt: skip

# One step into the index of each company and day, however much was recorded. Not by action: whoever did nothing that
# is watched is looked at as well, once, and then their place has moved on.
_WAITING = """
    SELECT tenant.id FROM tenants_tenant AS tenant LEFT JOIN watching_place AS place ON place.tenant_id = tenant.id
    WHERE tenant.state <> 'erased' AND EXISTS (
        SELECT FROM auditlog_auditevent AS event
        WHERE event.tenant_id = tenant.id AND event.at >= %(since)s
          AND event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
          AND event.transaction_id >= (CASE WHEN place.next_transaction <= pg_snapshot_xmin(pg_current_snapshot())::text
              ::bigint THEN place.next_transaction ELSE 0 END)::text::xid8)
"""


# --- Events, for the rules ---------------------------------------------------------------------------------------
def tenants_with_new_events() -> list[UUID]:
    """The companies in whose log something happened since it was looked at, as the platform role."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_WAITING, {"since": timezone.now() - LOOK_BACK})
        return [tenant_id for (tenant_id,) in cursor.fetchall()]


def horizon() -> int:
    """The oldest transaction that still runs; what those before it wrote is complete."""
    with current_connection().cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])


def new_events(first: int, end: int, *, actions: Collection[str], limit: int) -> list[tuple[Any, ...]]:
    """The oldest events of these actions from one transaction on up to but without another; the number comes last."""
    number = RawSQL("transaction_id::text::bigint", [], output_field=BigIntegerField())
    between = RawSQL(
        "transaction_id >= %s::text::xid8 AND transaction_id < %s::text::xid8",
        [first, end],
        output_field=BooleanField(),
    )
    found = AuditEvent.objects.annotate(number=number).filter(
        between, at__gte=timezone.now() - LOOK_BACK, action__in=actions
    )
    in_order = found.order_by(RawSQL("transaction_id", []), "at", "id")
    return list(in_order.values_list(*SEEN, "number")[:limit])


def events_between(
    begin: datetime, end: datetime, *, actions: Collection[str], limit: int, **conditions: Any
) -> list[tuple[Any, ...]]:
    """The newest events of these actions in that time, both ends included."""
    found = AuditEvent.objects.filter(at__range=(begin, end), action__in=actions, **conditions)
    return list(found.order_by("-at", "-id").values_list(*SEEN)[:limit])


def addresses_of(people: Collection[UUID], *, action: str, since: datetime) -> list[tuple[UUID, str, datetime]]:
    """From which addresses these people did that, and since when."""
    found = AuditEvent.objects.filter(actor_id__in=people, action=action, at__gte=since, ip__isnull=False)
    grouped = found.order_by().values("actor_id", "ip").annotate(first=Min("at"))
    return [
        (person, ip, first) for person, ip, first in grouped.values_list("actor_id", "ip", "first") if person and ip
    ]


def last_times(people: Collection[UUID], *, action: str, since: datetime, many: int) -> list[tuple[UUID, datetime]]:
    """When these people did that the last times, so many of each."""
    found = AuditEvent.objects.filter(actor_id__in=people, action=action, at__gte=since)
    number = Window(RowNumber(), partition_by="actor_id", order_by=F("at").desc())
    last = found.order_by().annotate(number=number).filter(number__lte=many)
    return [(person, at) for person, at in last.values_list("actor_id", "at") if person]


def current_place() -> Place:
    """How far the log of the tenant in scope was looked at; unsaved before the first time."""
    return Place.objects.first() or Place()


def rule_settings() -> Mapping[str, RuleSetting]:
    """What the provider has set otherwise, by the code of the rule."""
    return {setting.rule: setting for setting in RuleSetting.objects.all()}


# --- Findings ----------------------------------------------------------------------------------------------------
def findings() -> QuerySet[Finding]:
    """What was noticed in this company, newest first."""
    return Finding.objects.order_by("-last_at", "-id")


def findings_noted(since: datetime, until: datetime) -> QuerySet[Finding]:
    """Those that were noticed, or have grown, in that time."""
    return findings().filter(noted_at__gte=since, noted_at__lt=until)


def matching(keys: Iterable[tuple[str, date, str]]) -> QuerySet[Finding]:
    """The findings of these rules, days and subjects, locked until the transaction ends."""
    any_of = Q()
    for rule, day, subject in keys:
        any_of |= Q(rule=rule, day=day, subject=subject)
    return Finding.objects.select_for_update().filter(any_of)


def find_finding(id: UUID) -> Finding | None:  # noqa: A002 - it is the id
    """The finding of that key in this tenant."""
    return Finding.objects.filter(id=id).first()


def finding_for_change(id: UUID) -> Finding | None:  # noqa: A002
    """The same, locked until the transaction ends."""
    return Finding.objects.select_for_update().filter(id=id).first()


def events_behind(finding: Finding) -> QuerySet[AuditEvent]:
    """The events to which a finding leads, newest first; those that have expired are gone."""
    return events().filter(at__range=(finding.first_at, finding.last_at), id__in=finding.events)


# --- Over all companies, for operators -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Noticed:
    """How often a rule noticed something in a company: no word of who or what."""

    tenant_id: UUID
    company_code: str
    company_name: str
    rule: str
    severity: str
    findings: int
    events: int
    open: int
    last_at: datetime

    @property
    def severity_label(self) -> str:
        """The severity in the reader's language."""
        return str(Severity(self.severity).label)


_NOTICED = """
    SELECT tenant.id, company_code, name, rule, severity, count(*), sum(count),
           count(*) FILTER (WHERE finding.state = 'open'), max(last_at)
    FROM tenants_tenant AS tenant JOIN watching_finding AS finding ON finding.tenant_id = tenant.id
    WHERE noted_at >= %s AND noted_at < %s
    GROUP BY tenant.id, rule, severity ORDER BY max(last_at) DESC, company_code, rule
"""


def noticed_everywhere(since: datetime, until: datetime) -> list[Noticed]:
    """What was noticed, or has grown, in that time in every company, as the platform role."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_NOTICED, [since, until])
        return [Noticed(*row) for row in cursor.fetchall()]


def newest_digest() -> Digest | None:
    """The last digest, as the platform role."""
    with platform_transaction():
        return Digest.objects.order_by("-day").first()


def digest_of(day: date) -> Digest | None:
    """The digest of a day, as the platform role."""
    with platform_transaction():
        return Digest.objects.filter(day=day).first()


def told_already(day: date) -> set[UUID]:
    """Who in this company was sent the digest of the day."""
    return set(DigestMail.objects.filter(day=day).values_list("recipient", flat=True))
