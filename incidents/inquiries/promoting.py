"""An inquiry that turns out to be an incident (N4, N3)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents.inquiries.actions import INQUIRY_PROMOTED
from incidents.inquiries.answering import inside
from incidents.inquiries.models import Inquiry
from incidents.inquiries.records import facts_of, record_in_both
from incidents.models import Incident, Source
from incidents.queries import incident_of_source
from incidents.services import open_incident
from tenants.isolation.transactions import atomic


@atomic()
def promote(inquiry: Inquiry, *, details: dict[str, Any], actor: Actor) -> Incident:
    """Open an incident that concerns the company; `details` are those of `open_incident`. In the provider's scope.

    The incident is committed by itself, while the inquiry is locked: one whose number did not reach the inquiry,
    because the process died, is found again and not opened twice. Raises ValidationError where it was done before, and
    as `open_incident`.
    """
    with inside(inquiry) as current:
        if current.incident_number:
            raise ValidationError(_("An incident was opened from this inquiry already."), code="promoted")
    source, key = Source.INQUIRY, str(inquiry.id)
    incident = incident_of_source(source, key) or open_incident(
        **details, tenants=[inquiry.tenant_id], source=source, source_id=key, actor=actor
    )
    with inside(inquiry) as current:
        current.incident_number = incident.number
        current.save(update_fields=["incident_number"])
        record_in_both(INQUIRY_PROMOTED, current, actor=actor, after=facts_of(current, incident=incident.number))
    return incident
