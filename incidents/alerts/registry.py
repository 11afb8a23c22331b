"""Everything that is measured, each once (N9). The app that knows a figure registers it, in its `measures` module."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from config.attention import MOST, Need, Source, register_needs
from incidents.alerts.judging import Limits


class Unit(models.TextChoices):
    """What the figures of a measure count."""

    PERCENT = "percent", "%"
    MILLISECONDS = "milliseconds", _("ms")
    SECONDS = "seconds", pgettext_lazy("unit", "s")
    MINUTES = "minutes", pgettext_lazy("unit", "min")
    HOURS = "hours", pgettext_lazy("unit", "h")
    DAYS = "days", pgettext_lazy("unit", "days")
    COUNT = "count", pgettext_lazy("unit", "items")


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure. `known` without a value: there was nothing to measure, which is no reason to worry."""

    value: float | None
    known: bool = True


UNKNOWN = Reading(None, known=False)
NOTHING = Reading(None)
Readings = Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the service, or one for each of several subjects: machines, queues, probes.

    `read` returns the readings at a moment by their subjects, "" for one of the whole service; it opens its own
    transactions and may raise: then they are unknown. `component` is what suffers when it is bad, unless `affects` says
    it subject by subject. The subjects of a `quiet` one are not listed while their figure is 0.
    `told_elsewhere` names who mails operators of it already: such alerts are shown and not told, unless switched on.
    """

    code: str
    label: Promise
    explanation: Promise
    unit: Unit
    limits: Limits
    read: Callable[[datetime], Readings]
    component: str = "web"
    told_elsewhere: Promise | str = ""
    name_subject: Callable[[str], str] = str
    affects: Callable[[str], tuple[str, ...]] | None = None
    quiet: bool = False

    def shown(self, value: float | None) -> str:
        """A figure with its unit, in the reader's language."""
        if value is None:
            return "–"
        number = f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.1f}"
        if self.unit is Unit.PERCENT:
            return f"{number}%"
        if self.unit is Unit.DAYS:
            return ngettext("%(number)s day", "%(number)s days", round(value)) % {"number": number}
        if self.unit is Unit.COUNT:
            return number
        return pgettext("figure", "%(number)s %(unit)s") % {"number": number, "unit": self.unit.label}

    def components(self, subject: str) -> tuple[str, ...]:
        """The parts of the service that suffer."""
        return (self.affects(subject) if self.affects is not None else ()) or (self.component,)

    def about(self, subject: str) -> str:
        """The measure, and what of: for headings and mails."""
        named = self.name_subject(subject)
        if not named:
            return str(self.label)
        return gettext("%(measure)s: %(subject)s") % {"measure": self.label, "subject": named}


_measures: dict[str, Measure] = {}


def register_measure(measure: Measure) -> Measure:
    """Have it read every minute from now on; a code stands for one measure only."""
    if measure.code in _measures:
        raise ValueError(f"Measure {measure.code} is registered twice.")
    _measures[measure.code] = measure
    return measure


def measures() -> dict[str, Measure]:
    """Every measure by its code, in the order of their codes."""
    return dict(sorted(_measures.items()))


def measure_of(code: str) -> Measure | None:
    """The measure of a code; None for one that another release wrote."""
    return _measures.get(code)


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """Something that another watch has noticed and mails by itself."""

    label: str
    about: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """Another watch: its open problems stand beside the alerts, and are not told a second time.

    `menu` is whose page explains them, `url_name` its address.
    """

    code: str
    label: Promise
    menu: str
    url_name: str
    problems: Callable[[], list[OpenProblem]]


_watches: dict[str, Watch] = {}


def register_watch(watch: Watch) -> Watch:
    """Show what it has noticed on the page of alerts, and on the start page of those who hold its menu."""
    if watch.code in _watches:
        raise ValueError(f"Watch {watch.code} is registered twice.")
    _watches[watch.code] = watch
    register_needs(Source(f"watch.{watch.code}", watch.label, watch.menu, "alert-circle", partial(_needs, watch)))
    return watch


def _needs(watch: Watch) -> Iterator[Need]:
    for one in watch.problems()[:MOST]:
        yield Need(f"{one.label} {one.about}".strip(), reverse(watch.url_name), one.since)


def watches() -> list[Watch]:
    """All of them, in the order of their codes."""
    return [watch for _code, watch in sorted(_watches.items())]
