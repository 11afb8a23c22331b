"""Which companies an incident affects, and what it means to each (N2, N5)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents import promises
from incidents.actions import COMPANIES_CHANGED
from incidents.log import enter
from incidents.models import EntryKind, Incident, IncidentTenant
from incidents.recording import record
from incidents.states import locked
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant


def set_companies(incident: Incident, *, tenants: Collection[UUID] | None, actor: Actor) -> Incident:
    """Say which companies are affected, None for every one; those that are new have to be told from now on (N2)."""
    with platform_transaction():
        incident = locked(incident)
        there = {row.tenant_id for row in incident.affected.all()}
        wanted, everybody = set(tenants or ()), incident.whole_service
        incident.whole_service = tenants is None
        incident.save(update_fields=["whole_service"])
        name_companies(incident, wanted - there, known_at=timezone.now())
        gone = there - wanted
        incident.affected.filter(tenant_id__in=gone).delete()
        if there != wanted or everybody != incident.whole_service:
            change: dict[str, Any] = {"added": _codes(wanted - there), "removed": _codes(gone)}
            change |= {"whole_service": incident.whole_service}
            enter(incident, EntryKind.COMPANIES, actor=actor, **change)
            promises.keep_in_step(incident, actor=actor)
            record(COMPANIES_CHANGED, incident, actor=actor, after=change)
    return incident


def set_impact(incident: Incident, *, tenant_id: UUID, impact_ja: str, impact_en: str, actor: Actor) -> None:
    """Say what it means to one company, which reads it on its page."""
    with platform_transaction():
        incident = locked(incident)
        row = incident.affected.filter(tenant_id=tenant_id).first()
        if row is None:
            raise ValidationError(_("This company is not named as affected."), code="company")
        row.impact_ja, row.impact_en = impact_ja.strip(), impact_en.strip()
        row.save(update_fields=["impact_ja", "impact_en"])
        record(COMPANIES_CHANGED, incident, actor=actor, after={"company": str(tenant_id), "impact": row.impact_ja})


def name_companies(incident: Incident, tenant_ids: Collection[UUID], *, known_at: datetime) -> None:
    """Add companies that were not affected so far; part of a deed that is recorded. Raises ValidationError."""
    found = Tenant.objects.filter(id__in=tenant_ids, is_provider=False)
    if found.count() != len(set(tenant_ids)):
        raise ValidationError({"tenants": _("One of these companies is not there.")})
    rows = [
        IncidentTenant(incident_id=incident.id, tenant_id=key, known_at=known_at) for key in sorted(set(tenant_ids))
    ]
    IncidentTenant.objects.bulk_create(rows, batch_size=1000)


def _codes(tenant_ids: Collection[UUID]) -> list[str]:
    found = Tenant.objects.filter(id__in=tenant_ids).order_by("company_code")
    return list(found.values_list("company_code", flat=True))
