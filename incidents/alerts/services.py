"""What operators do with alerts and thresholds (N9, P4)."""

from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents.alerts.actions import ALERT_ACKNOWLEDGED, THRESHOLD_CHANGED
from incidents.alerts.models import Alert, Threshold
from incidents.alerts.queries import Rule, rule_of
from incidents.alerts.registry import Measure
from tenants.isolation.transactions import platform_transaction, take_turns

MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a measure is to be judged: see `incidents.alerts.judging.Limits`.

    `told`: operators are told by mail and chat. `opens_incident`: a critical alert opens an incident by itself (P4).
    """

    enabled: bool
    warning: float | None
    critical: float | None
    for_minutes: int
    margin: float
    told: bool
    opens_incident: bool


def change_threshold(measure: Measure, wanted: Wanted, *, reason: str, actor: Actor) -> None:
    """Judge a measure so from the next minute on; recorded before and after. Raises ValidationError, keyed by field.

    With the provider's tenant in scope.
    """
    reason = reason.strip()[:500]
    _check(measure, wanted, reason)
    with platform_transaction():
        take_turns("alerts.threshold")
        setting = Threshold.objects.filter(measure=measure.code).first()
        before = _described(rule_of(measure, setting))
        setting = setting or Threshold(measure=measure.code)
        for name, value in asdict(wanted).items():
            setattr(setting, name, value)
        setting.reason, setting.changed_at, setting.changed_by_name = reason, timezone.now(), actor.name
        setting.save()
        after = _described(rule_of(measure, setting)) | {"reason": reason}
        target = Target("alerts.threshold", measure.code, str(measure.label))
        record(THRESHOLD_CHANGED, actor=actor, target=target, before=before, after=after)


def acknowledge(alert: Alert, *, note: str, actor: Actor) -> None:
    """Say that somebody has seen it and sees to it. The first one stays; raises ValidationError for a second.

    With the provider's tenant in scope.
    """
    with platform_transaction():
        row = Alert.objects.select_for_update().get(id=alert.id)
        if row.acknowledged_at is not None:
            raise ValidationError(_("Somebody has acknowledged this alert already."))
        row.acknowledged_at, row.note = timezone.now(), note.strip()[:500]
        row.acknowledged_by_id, row.acknowledged_by_name = actor.id, actor.name or actor.user_id
        row.save(update_fields=["acknowledged_at", "acknowledged_by_id", "acknowledged_by_name", "note"])
        record(ALERT_ACKNOWLEDGED, actor=actor, target=row, after={"note": row.note})


def _check(measure: Measure, wanted: Wanted, reason: str) -> None:
    """Figures that make sense together."""
    errors: dict[str, str] = {}
    if not reason:
        errors["reason"] = _("Write down why.")
    if wanted.enabled and wanted.warning is None and wanted.critical is None:
        errors["warning"] = _("Give at least one of the two levels, or switch the threshold off.")
    if wanted.warning is not None and wanted.critical is not None:
        wrong = wanted.critical > wanted.warning if measure.limits.below else wanted.critical < wanted.warning
        if wrong:
            errors["critical"] = (
                _("Critical must not be above the warning: here a smaller figure is worse.")
                if measure.limits.below
                else _("Critical must not be below the warning.")
            )
    if wanted.margin < 0:
        errors["margin"] = _("This cannot be negative.")
    if not 0 <= wanted.for_minutes <= MOST_MINUTES:
        errors["for_minutes"] = _("Give a number of minutes between 0 and %(most)d.") % {"most": MOST_MINUTES}
    if wanted.opens_incident and wanted.critical is None:
        errors["opens_incident"] = _("An incident is opened by a critical alert: give that level.")
    if errors:
        raise ValidationError(errors)


def _described(rule: Rule) -> dict[str, Any]:
    limits = rule.limits
    return {
        "enabled": rule.enabled,
        "warning": limits.warning,
        "critical": limits.critical,
        "for_minutes": limits.for_minutes,
        "margin": limits.margin,
        "told": rule.told,
        "opens_incident": rule.opens_incident,
    }
