"""What operators are told of an alert, in both languages: by mail and chat, each step once (N9)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from auditlog.actions import Action
from auditlog.actors import Actor
from incidents.alarms.services import raise_alarm
from incidents.alerts.actions import ALERT_CLOSED, ALERT_ESCALATED, ALERT_OPENED, ALERT_RETURNED
from incidents.alerts.judging import Level
from incidents.alerts.models import Alert
from incidents.alerts.queries import Rule

MENU = "operator.monitoring"
_Words = Callable[[Alert, Rule, float | None], str]


def tell(action: Action, alert: Alert, rule: Rule, value: float | None, *, actor: Actor) -> None:
    """Have operators told of the newest step of an alert, unless its rule says that nobody is; once for each step."""
    if not rule.told:
        return
    said: dict[str, Any] = {}
    for language in ("ja", "en"):
        with translation.override(language):
            said[f"subject_{language}"] = _subject(action, alert, rule)
            said[f"body_{language}"] = _BODIES[action.code](alert, rule, value)
    link = reverse("operator:alert", args=[alert.id])
    raise_alarm(f"alert:{alert.id}:{len(alert.steps)}", menu=MENU, link=link, actor=actor, **said)


def _subject(action: Action, alert: Alert, rule: Rule) -> str:
    level = _("In order again") if action.code == ALERT_CLOSED.code else alert.get_level_display()
    return _("[%(level)s] %(what)s") % {"level": level, "what": rule.measure.about(alert.subject)}


def _begun(alert: Alert, rule: Rule, value: float | None) -> str:
    if alert.level == Level.UNKNOWN:
        return _("It could not be measured for some minutes, so nobody knows whether it is in order.")
    return "\n".join([_("The figure is %(value)s now.") % {"value": rule.measure.shown(value)}, _limits(rule)])


def _worse(alert: Alert, rule: Rule, value: float | None) -> str:
    worse = _("The alert of %(at)s has become worse.") % {"at": _moment(alert.opened_at)}
    return "\n".join([worse, _begun(alert, rule, value)])


def _back(alert: Alert, rule: Rule, value: float | None) -> str:
    back = _("The alert of %(at)s had ended and is back. It ends only after it has been in order for longer.") % {
        "at": _moment(alert.opened_at)
    }
    return "\n".join([back, _begun(alert, rule, value)])


def _ended(alert: Alert, rule: Rule, value: float | None) -> str:
    lines = [f"{alert.get_end_reason_display()}: {rule.measure.shown(value)}"]
    lines.append(_("It began at %(at)s.") % {"at": _moment(alert.opened_at)})
    if alert.worst is not None:
        lines.append(_("The worst figure was %(worst)s.") % {"worst": rule.measure.shown(alert.worst)})
    return "\n".join(lines)


_BODIES: dict[str, _Words] = {
    ALERT_OPENED.code: _begun,
    ALERT_ESCALATED.code: _worse,
    ALERT_RETURNED.code: _back,
    ALERT_CLOSED.code: _ended,
}


def _limits(rule: Rule) -> str:
    shown, limits = rule.measure.shown, rule.limits
    return _("Thresholds: warning %(warning)s, critical %(critical)s, for %(minutes)d minutes.") % {
        "warning": shown(limits.warning),
        "critical": shown(limits.critical),
        "minutes": limits.for_minutes,
    }


def _moment(at: datetime) -> str:
    """In the zone of the service: one text goes to people in many."""
    local = timezone.localtime(at, ZoneInfo(settings.TIME_ZONE))
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"
