"""An incident opened from an alert: by a person, or by itself where the threshold says so (P4, N1)."""

import logging
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from incidents.alerts.actions import INCIDENT_OPENED
from incidents.alerts.judging import Level
from incidents.alerts.models import Alert
from incidents.alerts.queries import label_of, rules, shown
from incidents.alerts.registry import measure_of
from incidents.components import BY_CODE
from incidents.models import Incident, Source
from incidents.services import note, open_incident
from incidents.severity import Severity
from tenants.isolation.transactions import platform_transaction

logger = logging.getLogger(__name__)

# What opens by itself promises little and is on no public page: a person judges how grave it is.
BY_ITSELF = Severity.MODERATE


@dataclass(frozen=True, slots=True)
class Opening:
    """What an incident is opened with. The titles are for customers: what suffers, not what was measured."""

    severity: str
    title_ja: str
    title_en: str


def suggested(alert: Alert) -> Opening:
    """What an alert suggests, by the part of the service that suffers."""
    part = BY_CODE[components_of(alert)[0]].label
    titles: dict[str, str] = {}
    for language in ("ja", "en"):
        with translation.override(language):
            titles[f"title_{language}"] = _("Trouble with: %(part)s") % {"part": part}
    return Opening(BY_ITSELF, **titles)


def components_of(alert: Alert) -> tuple[str, ...]:
    """The parts of the service that suffer."""
    measure = measure_of(alert.measure)
    return measure.components(alert.subject) if measure else ("web",)


def open_from_alert(alert: Alert, opening: Opening, *, public: bool | None = None, actor: Actor) -> Incident:
    """Open an incident for every company; whoever does so sees to the alert. Raises ValidationError.

    An alert has one incident at most, so that a second attempt opens none. With the provider's tenant in scope.
    """
    with platform_transaction():
        row = Alert.objects.select_for_update().get(id=alert.id)
        if row.incident_id is not None:
            raise ValidationError(
                _("This alert has an incident already: %(number)s.") % {"number": row.incident_number}
            )
        incident = open_incident(
            severity=opening.severity,
            title_ja=opening.title_ja,
            title_en=opening.title_en,
            components=components_of(row),
            detected_at=row.opened_at,
            tenants=None,
            source=Source.ALERT,
            source_id=str(row.id),
            public=public,
            actor=actor,
        )
        note(incident, text=f"{label_of(row)} {shown(row, row.worst)}", actor=actor)
        row.incident_id, row.incident_number = incident.id, incident.number
        if actor.id is not None and row.acknowledged_at is None:
            row.acknowledged_at, row.acknowledged_by_id = timezone.now(), actor.id
            row.acknowledged_by_name = actor.name or actor.user_id
        row.save()
        record(INCIDENT_OPENED, actor=actor, target=row, after={"incident": incident.number})
    return incident


def open_due(*, actor: Actor) -> int:
    """Open the incidents that critical alerts open by themselves; returns how many. Again each minute until it works.

    With the provider's tenant in scope and no transaction open.
    """
    codes = [code for code, rule in rules().items() if rule.enabled and rule.opens_incident]
    if not codes:
        return 0
    with platform_transaction():
        critical = Alert.objects.filter(measure__in=codes, level=Level.CRITICAL.value, closed_at=None)
        due = list(critical.filter(incident_id=None).order_by("opened_at"))
    opened = 0
    for alert in due:
        try:
            open_from_alert(alert, suggested(alert), public=False, actor=actor)
            opened += 1
        except ValidationError:
            logger.exception("No incident was opened for %s", alert)
    return opened
