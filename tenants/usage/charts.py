"""Plans of charts out of usage figures, and the same as a table (T9)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.usage.models import Figures
from tenants.usage.queries import Point, Span

_FORMS = {Span.DAY: "H:i", Span.MONTH: "n/j", Span.YEAR: "Y-m"}
_ISO = {Span.DAY: "%Y-%m-%dT%H:%M%z", Span.MONTH: "%Y-%m-%d", Span.YEAR: "%Y-%m"}
_MB = 1_000_000
HEADINGS: tuple[Promise, ...] = (
    pgettext_lazy("of a period", "Beginning"),
    *(_("Users"), _("Suspended users"), _("Documents"), _("Storage (bytes)"), _("Backups (bytes)")),
    *(_("Requests"), _("Errors"), _("Median (ms)"), _("95 % within (ms)"), _("Audit events")),
)
_COLUMNS = (
    *("users_active", "users_suspended", "documents", "storage", "backups"),
    *("requests", "errors", "median_ms", "p95_ms", "events"),
)


def charts(points: Sequence[Point], span: Span) -> dict[str, dict[str, Any]]:
    """A plan by name; no chart of times where there are none."""
    found = {
        "users": _plan(points, span, (_("Users"), "users_active"), (_("Suspended users"), "users_suspended")),
        "storage": _plan(points, span, (_("Storage"), "storage"), (_("Backups"), "backups"), value=_megabytes),
        "documents": _plan(points, span, (_("Documents"), "documents")),
        "requests": _plan(points, span, (_("Requests"), "requests"), (_("Errors"), "errors")),
        "times": _plan(points, span, (_("Median (ms)"), "median_ms"), (_("95 % within (ms)"), "p95_ms"), value=_tenths),
        "events": _plan(points, span, (_("Audit events"), "events")),
    }
    if all(point.figures.median_ms is None for point in points):
        del found["times"]
    return found


def table_rows(points: Iterable[Point], span: Span) -> list[list[object]]:
    """For a CSV: what is unknown is empty."""
    return [
        [point.at.strftime(_ISO[span]), *(_cell(getattr(point.figures, name)) for name in _COLUMNS)] for point in points
    ]


def _plan(
    points: Sequence[Point], span: Span, *series: tuple[Promise, str], value: Callable[[float], float] = lambda one: one
) -> dict[str, Any]:
    def values(name: str) -> list[float | None]:
        return [None if (one := getattr(point.figures, name)) is None else value(one) for point in points]

    return {
        "labels": [date_format(point.at, _FORMS[span]) for point in points],
        "series": [{"label": str(label), "values": values(name)} for label, name in series],
    }


def _megabytes(count: float) -> float:
    return round(count / _MB, 1)


def _tenths(milliseconds: float) -> float:
    return round(milliseconds, 1)


def _cell(value: float | None) -> object:
    return "" if value is None else round(value, 1) if isinstance(value, float) else value


def newest(points: Sequence[Point]) -> Figures | None:
    """The newest figures in which stock is known."""
    return next((point.figures for point in reversed(points) if point.figures.storage is not None), None)
