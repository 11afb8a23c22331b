"""What probes see, for the provider's operators (N9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from incidents.components import COMPONENTS, Component
from incidents.monitoring import queries
from incidents.monitoring.catalogue import INSIDE, ProbeState, place_name
from incidents.monitoring.queries import Look
from incidents.monitoring.spans import Span, seconds_of
from incidents.monitoring.tables import ComponentTable, ProbeTable, TroubleTable

_DAY, _MONTH = timedelta(hours=24), timedelta(days=30)
_WIDTH = _DAY // timedelta(minutes=1)
_THINNEST = 4  # an outage of one minute is to be seen


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar, in minutes from its left end."""

    state: ProbeState
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """24 hours at a glance, and in words."""

    pieces: list[Piece]
    words: str


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A part of the service."""

    component: Component
    state: ProbeState
    bar: Bar


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """A probe at a place."""

    look: Look
    bar: Bar

    @property
    def place(self) -> str:
        """Where it runs."""
        return place_name(self.look.place)

    @property
    def measured(self) -> str:
        """The value with its unit, in figures that people compare."""
        value, unit = self.look.value, self.look.probe.unit
        if value is None:
            return ""
        if unit == "d":
            return ngettext("%(days)s day", "%(days)s days", int(value)) % {"days": number_format(int(value))}
        return f"{number_format(round(value * 1000))} ms"


@menu_required("operator.monitoring")
@require_safe
def probes(request: MemberRequest) -> HttpResponse:
    """How every part stands, what each probe saw last and in 24 hours, and what was out of order in 30 days."""
    now = timezone.now()
    start = now - _DAY
    looks, lines = queries.newest_looks(now), queries.timelines(start, now)
    whole, states = queries.intervals_of_all(start, now), queries.component_states(now)
    context = {
        "components": ComponentTable(
            [ComponentRow(one, states[one.code], _bar(whole[one.code], start)) for one in COMPONENTS]
        ),
        "probes": ProbeTable([ProbeRow(one, _bar(lines[one.place, one.probe.code], start)) for one in looks]),
        "trouble": TroubleTable(queries.trouble(now - _MONTH)),
        "elsewhere": any(one.place != INSIDE for one in looks),
        "heartbeat": queries.heartbeat_age(now),
    }
    return render(request, "incidents/monitoring/probes.html", context)


def _bar(spans: Sequence[Span], start: datetime) -> Bar:
    minute = timedelta(minutes=1)
    pieces = []
    for span in spans:
        width = span.length / minute
        if span.state in {ProbeState.DOWN, ProbeState.DEGRADED}:
            width = max(width, _THINNEST)
        pieces.append(Piece(span.state, round((span.since - start) / minute, 1), round(width, 1)))
    return Bar(sorted(pieces, key=lambda one: one.state in {ProbeState.DOWN, ProbeState.DEGRADED}), _words(spans))


def _words(spans: Sequence[Span]) -> str:
    minutes = {state: round(seconds_of(spans, state) / 60) for state in ProbeState}
    figures = {
        "down": minutes[ProbeState.DOWN],
        "degraded": minutes[ProbeState.DEGRADED],
        "unknown": minutes[ProbeState.UNKNOWN],
    }
    return _("Out of order: %(down)s min, impaired: %(degraded)s min, unknown: %(unknown)s min") % figures
