"""Reads of incidents: all of them for operators, what was published for everybody, and what concerns a company.

All as the platform role. What a company sees goes by its key alone, which each such query takes by name (N1-N3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from incidents import promises
from incidents.clock.models import Deadline
from incidents.mailing.models import Mailing
from incidents.mailing.queries import Numbers, mailings_about, numbers_of
from incidents.models import (
    ENDED,
    GOING_ON,
    Incident,
    IncidentEntry,
    IncidentReport,
    IncidentSettings,
    IncidentTenant,
    ReportState,
    Source,
)
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant

_PER_PAGE = 25
_PUBLISHED = Prefetch(
    "reports",
    queryset=IncidentReport.objects.filter(state=ReportState.PUBLISHED).order_by("number"),
    to_attr="published",
)


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """An incident as outsiders may see it: with its published reports, oldest first, and nothing else.

    `merged_number` is that of the incident which it became a part of; `impact` what it means to the company that asks.
    """

    incident: Incident
    reports: list[IncidentReport]
    merged_number: str = ""
    impact: str = ""

    @property
    def newest(self) -> IncidentReport | None:
        """The last thing that was said."""
        return self.reports[-1] if self.reports else None


@dataclass(frozen=True, slots=True)
class Affected:
    """An affected company by its name, and the number of the incident."""

    number: str
    row: IncidentTenant
    tenant: Tenant | None


def find_incident(number: str) -> Incident | None:
    """The incident of a number such as INC-2026-0007."""
    with platform_transaction():
        return _numbered(number).select_related("merged_into").first()


def incident_of_source(source: Source, source_id: str) -> Incident | None:
    """What was opened from an alert or an inquiry, if anything was; the newest."""
    with platform_transaction():
        return Incident.objects.filter(source=source, source_id=source_id).first()


def incident_page(*, number: Any = 1, show: str = "", severity: str = "", search: str = "") -> Page[Incident]:
    """A page of incidents, newest first: those that need work, those that have `ended`, or `all`; read in full."""
    found = Incident.objects.select_related("merged_into").order_by("-year", "-sequence")
    if show != "all":
        found = found.filter(status__in=ENDED) if show == "ended" else found.exclude(status__in=ENDED)
    if severity:
        found = found.filter(severity=severity)
    if search:
        found = found.filter(Q(title_ja__icontains=search) | Q(title_en__icontains=search))
    with platform_transaction():
        page: Page[Incident] = Paginator(found, _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def open_incidents() -> list[Incident]:
    """What is not closed, newest first."""
    with platform_transaction():
        return list(Incident.objects.exclude(status__in=ENDED))


def every_incident() -> list[Incident]:
    """All of them, newest first."""
    with platform_transaction():
        return list(Incident.objects.all())


def affected_of(incident: Incident) -> list[Affected]:
    """The companies that were named as affected, in the order of their codes; none where it affects every one."""
    with platform_transaction():
        rows = list(incident.affected.all())
        tenants = Tenant.objects.in_bulk([row.tenant_id for row in rows])
    found = [Affected(incident.number, row, tenants.get(row.tenant_id)) for row in rows]
    return sorted(found, key=lambda each: each.tenant.company_code if each.tenant else "")


def tenant_ids_of(incident: Incident) -> list[UUID] | None:
    """The affected companies; None for every one. In the open transaction of the platform role."""
    return None if incident.whole_service else list(incident.affected.values_list("tenant_id", flat=True))


def log_of(incident: Incident) -> list[IncidentEntry]:
    """The internal log, newest first."""
    with platform_transaction():
        return list(incident.entries.order_by("-at", "-id"))


def reports_of(incident: Incident) -> list[IncidentReport]:
    """Published reports and the draft, oldest first."""
    with platform_transaction():
        found = incident.reports.exclude(state=ReportState.DISCARDED)
        return list(found.order_by(F("number").asc(nulls_last=True)))


def deadlines_of(incident: Incident) -> list[Deadline]:
    """Every deadline that ever ran for it, by its end."""
    with platform_transaction():
        return promises.deadlines_of(incident)


def mailings_of(reports: Iterable[IncidentReport]) -> dict[UUID, list[tuple[Mailing, Numbers]]]:
    """The mails by which each published report went out, and what became of them."""
    return {
        report.id: [(mailing, numbers_of(mailing.id)) for mailing in mailings_about("notice", report.notice_id)]
        for report in reports
        if report.notice_id is not None
    }


def find_report(incident: Incident, report_id: UUID) -> IncidentReport | None:
    """A report of the incident, in whatever state."""
    with platform_transaction():
        return incident.reports.filter(id=report_id).select_related("incident").first()


def merged_into(incident: Incident) -> list[Incident]:
    """The incidents that became a part of this one."""
    with platform_transaction():
        return list(incident.merged.all())


def public_incidents(since: datetime | None = None) -> list[PublicIncident]:
    """What the status page shows: going on, or first published since then; newest first. By two statements (N1)."""
    found = Incident.objects.filter(public=True, published_at__isnull=False)
    if since is not None:
        found = found.filter(Q(published_at__gte=since) | Q(status__in=GOING_ON))
    return _published(found)


def incidents_of_tenant(tenant_id: UUID) -> list[PublicIncident]:
    """What was published to a company because it concerned it, newest first (N2, N5)."""
    return _published(_concerning(tenant_id), tenant_id)


def incident_of_tenant(tenant_id: UUID, number: str) -> PublicIncident | None:
    """One that was published to the company, or nothing."""
    found = _published(_concerning(tenant_id) & _numbered(number), tenant_id)
    return found[0] if found else None


def current_settings() -> IncidentSettings:
    """How incidents are handled now; in the open transaction of the platform role."""
    return IncidentSettings.objects.first() or IncidentSettings()


def incident_settings() -> IncidentSettings:
    """The same, for a page."""
    with platform_transaction():
        return current_settings()


def _numbered(number: str) -> QuerySet[Incident]:
    prefix, _, rest = number.partition("-")
    year, _, sequence = rest.partition("-")
    if prefix != "INC" or not (year.isdecimal() and sequence.isdecimal()) or len(rest) > 12:
        return Incident.objects.none()
    return Incident.objects.filter(year=int(year), sequence=int(sequence))


def _concerning(tenant_id: UUID) -> QuerySet[Incident]:
    """Published, and the company was named or it was there when the whole service was affected."""
    named = IncidentTenant.objects.filter(incident_id=OuterRef("pk"), tenant_id=tenant_id)
    there = Tenant.objects.filter(id=tenant_id, created_at__lte=OuterRef("resolved_at"))
    return Incident.objects.filter(published_at__isnull=False).filter(
        Exists(named) | Q(whole_service=True, resolved_at=None) | Q(Exists(there), whole_service=True)
    )


def _published(found: QuerySet[Incident], tenant_id: UUID | None = None) -> list[PublicIncident]:
    chosen = found.select_related("merged_into").prefetch_related(_PUBLISHED).order_by("-published_at", "-id")
    with platform_transaction():
        incidents = list(chosen)
        impacts = _impacts(incidents, tenant_id) if tenant_id else {}
    return [
        PublicIncident(
            incident,
            list(incident.published),  # by the prefetch
            merged_number=incident.merged_into.number if incident.merged_into else "",
            impact=impacts.get(incident.id, ""),
        )
        for incident in incidents
    ]


def _impacts(incidents: Iterable[Incident], tenant_id: UUID) -> dict[UUID, str]:
    rows = IncidentTenant.objects.filter(incident_id__in=[each.id for each in incidents], tenant_id=tenant_id)
    return {row.incident_id: row.impact for row in rows}
