"""Reads of thresholds, readings and alerts, as the platform role (N9)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from auditlog.actions import label_of as label_of_action
from incidents.alerts.judging import Level, Limits, level_of
from incidents.alerts.models import Alert, AlertLevel, Threshold, Watched
from incidents.alerts.registry import Measure, measure_of, measures
from incidents.alerts.sampling import Series, recent_series
from tenants.isolation.transactions import platform_transaction

_PER_PAGE = 25
_LINES_OF = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Rule:
    """A measure as it is judged: by what it brings along, or by what was set in its place."""

    measure: Measure
    limits: Limits
    enabled: bool
    told: bool
    opens_incident: bool
    setting: Threshold | None = None


def rule_of(measure: Measure, setting: Threshold | None) -> Rule:
    """The rule of a measure with what is set for it."""
    if setting is None:
        return Rule(measure, measure.limits, enabled=True, told=not measure.told_elsewhere, opens_incident=False)
    limits = replace(
        measure.limits,
        warning=setting.warning,
        critical=setting.critical,
        for_minutes=setting.for_minutes,
        margin=setting.margin,
    )
    return Rule(measure, limits, setting.enabled, setting.told, setting.opens_incident, setting)


def rules() -> dict[str, Rule]:
    """Of every measure, by its code."""
    with platform_transaction():
        settings = Threshold.objects.in_bulk()
    return {code: rule_of(measure, settings.get(code)) for code, measure in measures().items()}


def rule(code: str) -> Rule | None:
    """Of one measure; None for one that is not registered."""
    measure = measure_of(code)
    if measure is None:
        return None
    with platform_transaction():
        return rule_of(measure, Threshold.objects.filter(measure=code).first())


@dataclass(frozen=True, slots=True)
class Figure:
    """The newest reading of one subject, how bad it is by itself, and its last hours."""

    watched: Watched
    rule: Rule
    series: Series

    @property
    def level(self) -> Level:
        """How bad it is, by what has lasted long enough."""
        if not self.watched.known:
            return Level.UNKNOWN
        return level_of(self.watched.standing, self.rule.limits) if self.rule.enabled else Level.OK

    @property
    def is_passing(self) -> bool:
        """Whether it is bad at present, which may pass."""
        return self.rule.enabled and self.rule.limits.level_of(self.watched.value) is not Level.OK

    @property
    def is_quiet(self) -> bool:
        """Whether a list of figures is better without it."""
        return self.rule.measure.quiet and self.watched.known and self.watched.value == 0

    @property
    def label(self) -> str:
        """The measure, and what of."""
        return self.rule.measure.about(self.watched.subject)

    @property
    def shown(self) -> str:
        """The figure with its unit."""
        return self.rule.measure.shown(self.watched.value)

    @property
    def line(self) -> str:
        """Its last hours as the points of a line in a box of 100 by 24, the newest at the right."""
        values = [value for _at, value in self.series]
        least, most = min(values, default=0.0), max(values, default=0.0)
        room, last = (most - least) or 1.0, max(len(values) - 1, 1)
        heights = [22 - 20 * (value - least) / room for value in values]
        return " ".join(f"{100 * at / last:.1f},{height:.1f}" for at, height in enumerate(heights))


def figures(now: datetime) -> list[Figure]:
    """Everything that is measured, with the newest reading."""
    known = rules()
    with platform_transaction():
        watched = list(Watched.objects.filter(measure__in=known))
        lines = recent_series(now - _LINES_OF, now)
    return [Figure(each, known[each.measure], lines.get((each.measure, each.subject), [])) for each in watched]


def readings() -> list[Watched]:
    """The newest readings alone: for machines."""
    with platform_transaction():
        return list(Watched.objects.filter(measure__in=measures()))


def open_alerts() -> list[Alert]:
    """Those that go on, the worst first, then the oldest."""
    with platform_transaction():
        found = list(Alert.objects.filter(closed_at=None).order_by("opened_at", "id"))
    return sorted(found, key=lambda alert: -Level(alert.level).rank)


def closed_alerts(number: Any = 1) -> Page[Alert]:
    """Those that have ended, the newest first, a page at a time; read in full."""
    ended = Alert.objects.exclude(closed_at=None).order_by("-opened_at", "-id")
    with platform_transaction():
        page = Paginator(ended, _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def find_alert(alert_id: UUID) -> Alert | None:
    """The alert of an id."""
    with platform_transaction():
        return Alert.objects.filter(id=alert_id).first()


def watched_of(alert: Alert) -> Watched | None:
    """How its subject stands now; None when it is no longer measured."""
    with platform_transaction():
        return Watched.objects.filter(measure=alert.measure, subject=alert.subject).first()


def label_of(alert: Alert) -> str:
    """What it is about; the code of a measure that another release knows."""
    measure = measure_of(alert.measure)
    return measure.about(alert.subject) if measure else f"{alert.measure} {alert.subject}".strip()


def shown(alert: Alert, value: float | None) -> str:
    """A figure of an alert with its unit."""
    measure = measure_of(alert.measure)
    return measure.shown(value) if measure else "–" if value is None else f"{value:g}"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that became of an alert."""

    at: datetime
    label: str
    level: str
    level_label: str
    shown: str


def steps_of(alert: Alert) -> list[Step]:
    """Its life, oldest first."""
    return [
        Step(
            datetime.fromisoformat(str(step["at"])),
            label_of_action(str(step["step"])),
            str(step["level"]),
            str(AlertLevel(str(step["level"])).label),
            shown(alert, step["value"]),
        )
        for step in alert.steps
    ]
