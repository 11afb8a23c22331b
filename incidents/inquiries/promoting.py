"""An inquiry that turns out to be an incident (N4, N3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents.inquiries.actions import INQUIRY_PROMOTED
from incidents.inquiries.answering import inside
from incidents.inquiries.models import Inquiry
from incidents.inquiries.records import facts_of, record_in_both
from incidents.services import open_incident
from tenants.isolation.transactions import atomic

if TYPE_CHECKING:
    from incidents.models import Incident

SOURCE = "inquiry"


@atomic()
def promote(
    inquiry: Inquiry,
    *,
    severity: str,
    title_ja: str,
    title_en: str,
    components: Sequence[str],
    detected_at: datetime,
    personal_data: bool,
    actor: Actor,
) -> "Incident":
    """Open an incident that concerns the company, detected when it told us. In the provider's scope.

    Raises ValidationError where it was done before, and as `open_incident`.
    """
    with inside(inquiry) as current:
        if current.incident_number:
            raise ValidationError(_("An incident was opened from this inquiry already."), code="promoted")
    incident = open_incident(
        severity=severity,
        title_ja=title_ja,
        title_en=title_en,
        components=list(components),
        detected_at=detected_at,
        tenants=[inquiry.tenant_id],
        source=SOURCE,
        source_id=str(inquiry.id),
        personal_data=personal_data,
        actor=actor,
    )
    with inside(inquiry) as current:
        current.incident_number = incident.number
        current.save(update_fields=["incident_number"])
        record_in_both(INQUIRY_PROMOTED, current, actor=actor, after=facts_of(current, incident=incident.number))
    return incident
