"""Availability for the provider's operators (N8)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from incidents.availability import queries
from incidents.availability.arithmetic import JAPAN
from incidents.availability.models import AvailabilityMonth
from incidents.availability.rules import SETTLED
from incidents.availability.tables import MatrixTable, MonthTable, YearTable
from tenants.usage.views.answers import csv_answer


@menu_required("operator.monitoring")
@require_safe
def availability(request: MemberRequest) -> HttpResponse:
    """A year of months, one of them in full with how it was counted, and the incidents of the years."""
    now = timezone.now()
    months = queries.months(now)
    chosen = _chosen(request.GET.get("month", ""), months)
    rows = months[chosen]
    context = {
        "matrix": MatrixTable([_line(month, of_month) for month, of_month in months.items()]),
        "month": chosen,
        "figures": MonthTable(rows),
        "rules": rows[0],
        "shortest": timedelta(seconds=rows[0].shortest),
        "is_written": not rows[0]._state.adding,
        "settled": SETTLED,
        "stretches": list(_stretches(rows)),
        "years": YearTable(queries.years(now)),
    }
    return render(request, "incidents/availability/availability.html", context)


@menu_required("operator.monitoring")
@require_safe
def availability_csv(_request: MemberRequest) -> HttpResponse:
    """Every month and part in seconds, to take along and to count again."""
    headings = (
        *(_("Month"), _("Part of the service"), _("Availability"), _("At least"), _("Period (s)")),
        *(_("Announced maintenance (s)"), _("Planned time (s)"), _("Stop (s)"), _("Number of stops")),
        *(_("Impaired (s)"), _("Unknown (s)"), _("Stops left out below (s)"), _("Written down")),
    )
    rows = [
        (
            *(f"{row.month:%Y-%m}", row.component, _known(row.percent), _known(row.least), row.period),
            *(row.excluded, row.planned, row.down, row.outages),
            *(row.degraded, row.unknown, row.shortest, "" if row._state.adding else row.frozen_at.isoformat()),
        )
        for of_month in queries.months(timezone.now(), most=120).values()
        for row in of_month
    ]
    return csv_answer(headings, rows, "availability")


def _chosen(asked: str, months: dict[date, list[AvailabilityMonth]]) -> date:
    if not asked:
        return max(months)
    for month in months:
        if f"{month:%Y-%m}" == asked:
            return month
    raise Http404


def _line(month: date, rows: Iterable[AvailabilityMonth]) -> dict[str, Any]:
    rows = list(rows)
    standing = _("not yet") if rows[0]._state.adding else f"{rows[0].frozen_at.astimezone(JAPAN):%Y-%m-%d}"
    return {"month": month, "standing": standing, **{row.component: row.percent for row in rows}}


def _stretches(rows: Iterable[AvailabilityMonth]) -> Iterable[dict[str, Any]]:
    """Every stop and every exclusion, which anybody can add up."""
    words = {
        "outages": _("Stop"),
        "ignored": _("Stop, left out because it was short"),
        "planned_stops": _("Announced maintenance, left out"),
    }
    for row in rows:
        for kind, word in words.items():
            for since, until in row.evidence[kind]:
                begins, ends = datetime.fromisoformat(since), datetime.fromisoformat(until)
                yield {"label": row.label, "what": word, "since": begins, "until": ends, "length": ends - begins}


def _known(value: object) -> object:
    return "" if value is None else value
