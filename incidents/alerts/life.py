"""The life of an alert: begun, made worse, come back, ended, acknowledged; each step on record (N9).

Each is called within the transaction in which the reading was taken, as the platform role and with the provider's
tenant in scope.
"""

from datetime import datetime
from typing import Any

from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents.alerts.actions import ALERT_CLOSED, ALERT_ESCALATED, ALERT_OPENED, ALERT_RETURNED
from incidents.alerts.judging import RETURNS_WITHIN, Level
from incidents.alerts.models import Alert, EndReason, Watched
from incidents.alerts.queries import Rule
from incidents.alerts.telling import tell


def begin(watched: Watched, rule: Rule, level: Level, *, at: datetime, actor: Actor) -> Alert:
    """Open an alert, or the one that ended a moment ago again: a figure that swings has one alert, not many."""
    key = {"measure": watched.measure, "subject": watched.subject}
    recent = Alert.objects.filter(**key, closed_at__gt=at - RETURNS_WITHIN)
    former = recent.select_for_update().order_by("-closed_at").first()
    if former is None:
        alert, action = Alert(**key, level=level, opened_at=at, limits=_limits(rule)), ALERT_OPENED
    else:
        alert, action = former, ALERT_RETURNED
        alert.returns, alert.closed_at, alert.end_reason = former.returns + 1, None, ""
        alert.level = max(level, Level(former.level), key=lambda one: one.rank)
    take_note(alert, watched, rule, at=at)
    _step(action, alert, rule, watched.value, at=at, actor=actor)
    alert.save()
    return alert


def escalate(alert: Alert, watched: Watched, rule: Rule, level: Level, *, at: datetime, actor: Actor) -> None:
    """It has become worse than it ever was."""
    alert.level = level
    _step(ALERT_ESCALATED, alert, rule, watched.value, at=at, actor=actor)
    alert.save()


def end(alert: Alert, rule: Rule, value: float | None, *, at: datetime, reason: EndReason, actor: Actor) -> None:
    """It is over; should it come back soon, it goes on."""
    alert.closed_at, alert.end_reason = at, reason
    _step(ALERT_CLOSED, alert, rule, value, at=at, actor=actor)
    alert.save()


def take_note(alert: Alert, watched: Watched, rule: Rule, *, at: datetime) -> bool:
    """Keep the figure if it is the worst up to now; returns whether it is. Whoever calls saves the alert."""
    value = watched.value
    if value is None or (alert.worst is not None and not rule.limits.is_worse(value, alert.worst)):
        return False
    alert.worst, alert.worst_at = value, at
    return True


def _step(action: Action, alert: Alert, rule: Rule, value: float | None, *, at: datetime, actor: Actor) -> None:
    """Write down on the alert and in the log what became of it, and have operators told."""
    alert.steps = [*alert.steps, {"step": action.code, "at": at.isoformat(), "level": alert.level, "value": value}]
    record(
        action,
        actor=actor,
        target=Target.of(alert),
        outcome=Outcome.SUCCESS if alert.closed_at else Outcome.FAILURE,
        after=_described(alert, value),
    )
    tell(action, alert, rule, value, actor=actor)


def _described(alert: Alert, value: float | None) -> dict[str, Any]:
    about = {"measure": alert.measure, "subject": alert.subject, "level": alert.level}
    return {**about, "value": value, "worst": alert.worst, "returns": alert.returns, "end_reason": alert.end_reason}


def _limits(rule: Rule) -> dict[str, Any]:
    limits = rule.limits
    return {"warning": limits.warning, "critical": limits.critical, "for_minutes": limits.for_minutes}
