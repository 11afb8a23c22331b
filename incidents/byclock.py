"""The clock publishes a neutral first notice when nobody else does, if the provider has switched that on (N1)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents import promises, publishing
from incidents.actions import SETTINGS_CHANGED
from incidents.models import ENDED, Incident, IncidentSettings
from incidents.queries import current_settings
from incidents.recording import record
from tenants.isolation.transactions import platform_transaction, take_turns

MOST_MINUTES = 90


def change_settings(*, publish_by_clock: bool, minutes_before: int, actor: Actor) -> IncidentSettings:
    """Switch it on or off, and say how long before the deadline. In the provider's scope. Raises ValidationError."""
    if not 1 <= minutes_before <= MOST_MINUTES:
        message = _("Choose from 1 to %(most)d minutes.") % {"most": MOST_MINUTES}
        raise ValidationError({"minutes_before": message})
    with platform_transaction():
        take_turns("settings for incidents")
        current = current_settings()
        before = _described(current)
        current.publish_by_clock, current.minutes_before = publish_by_clock, minutes_before
        if current._state.adding or before != _described(current):
            current.save()
            record(SETTINGS_CHANGED, current, actor=actor, before=before, after=_described(current))
    return current


def publish_due(*, actor: Actor) -> list[Incident]:
    """Publish where the deadline is near and nothing went out; each in a transaction of its own."""
    return [each for each in _waiting(timezone.now()) if publishing.publish_neutral(each, actor=actor) is not None]


def _waiting(now: datetime) -> list[Incident]:
    with platform_transaction():
        current = current_settings()
        if not current.publish_by_clock:
            return []
        ahead = now + timedelta(minutes=current.minutes_before)
        keys = promises.first_notices_due(ahead)
        return list(Incident.objects.filter(id__in=keys).exclude(status__in=ENDED))


def _described(current: IncidentSettings) -> dict[str, bool | int]:
    return {"publish_by_clock": current.publish_by_clock, "minutes_before": current.minutes_before}
