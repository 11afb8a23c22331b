"""Availability and incidents in figures (N8)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from incidents.components import COMPONENTS

_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


def percent_text(value: Decimal | None) -> str:
    """As it was cut off, without a digit of its own."""
    return gettext("not measured") if value is None else f"{value} %"


def duration_text(seconds: float) -> str:
    """`719:58:04`: hours, minutes, seconds; what is left of a second is cut off."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


class _Percent(tables.Column):  # type: ignore[misc]  # django-tables2 has no types
    empty_values = ()

    def render(self, value: Decimal | None) -> str:
        return percent_text(value)


class _Duration(tables.Column):  # type: ignore[misc]
    def render(self, value: float | timedelta) -> str:
        return duration_text(value.total_seconds() if isinstance(value, timedelta) else value)


class MatrixTable(tables.Table):  # type: ignore[misc]
    """Every month with every part of the service."""

    month = tables.TemplateColumn(
        '<a class="text-nowrap" href="?month={{ value|date:"Y-m" }}">{{ value|date:"Y-m" }}</a>',
        verbose_name=_("Month"),
    )
    standing = tables.Column(verbose_name=_("Written down"))

    class Meta:
        orderable = False

    caption = _("Availability by month")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        percents = [(one.code, _Percent(verbose_name=one.label, attrs=_NUMERIC)) for one in COMPONENTS]
        super().__init__(*args, extra_columns=percents, sequence=("month", "...", "standing"), **kwargs)


class MonthTable(tables.Table):  # type: ignore[misc]
    """One month, part by part, with everything that the number leaves out beside it."""

    label = tables.Column(verbose_name=_("Part of the service"))
    percent = _Percent(verbose_name=_("Availability"), attrs=_NUMERIC)
    least = _Percent(verbose_name=_("At least"), attrs=_NUMERIC)
    planned = _Duration(verbose_name=_("Planned time"), attrs=_NUMERIC)
    excluded = _Duration(verbose_name=pgettext_lazy("availability", "Announced maintenance"), attrs=_NUMERIC)
    unknown = _Duration(verbose_name=_("Unknown"), attrs=_NUMERIC)
    down = _Duration(verbose_name=_("Stop"), attrs=_NUMERIC)
    outages = tables.Column(verbose_name=_("Number of stops"), attrs=_NUMERIC)
    degraded = _Duration(verbose_name=pgettext_lazy("availability", "Impaired"), attrs=_NUMERIC)

    class Meta:
        orderable = False

    caption = _("One month in full")


class YearTable(tables.Table):  # type: ignore[misc]
    """Incidents by calendar year."""

    year = tables.TemplateColumn("{{ value }}", verbose_name=_("Year"))
    incidents = tables.Column(verbose_name=_("Incidents"), attrs=_NUMERIC)
    grave = tables.Column(verbose_name=_("Critical or serious"), attrs=_NUMERIC)
    long = tables.Column(verbose_name=_("A day or longer"), attrs=_NUMERIC)
    unresolved = tables.Column(verbose_name=_("Not recovered yet"), attrs=_NUMERIC)
    mttr = _Duration(verbose_name=_("Mean time to repair"), attrs=_NUMERIC)

    class Meta:
        orderable = False

    caption = _("Incidents by year")
