"""Tables of runs."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_COUNT = "{{ value|floatformat:'0g' }}"
_MOMENT = "{% load elements %}{% if value %}{% moment value %}{% else %}—{% endif %}"


def _count(label: Any) -> tables.TemplateColumn:
    return tables.TemplateColumn(_COUNT, verbose_name=label, attrs=_NUMERIC)


class RunTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Runs, newest first."""

    started_at = tables.TemplateColumn(
        "{% load elements %}<a href=\"{% url 'operator:retention_run' record.id %}\">{% moment value %}</a>",
        verbose_name=pgettext_lazy("time", "Started"),
    )
    state = tables.TemplateColumn(template_name="retention/operator/_state.html", verbose_name=_("State"))
    due = _count(pgettext_lazy("expiry", "Due"))
    removed = _count(pgettext_lazy("expiry", "Removed"))
    held = _count(pgettext_lazy("expiry", "Held"))
    overdue = _count(pgettext_lazy("expiry", "Overdue"))
    ordered_by = tables.Column(verbose_name=_("Begun by"))

    class Meta:
        orderable = False
        empty_text = _("Nothing was removed yet")

    caption = _("Runs of expiry")
    empty_icon = "hourglass"
    empty_hint = _("The first run is tonight at 4:00, Japanese time.")


class LineTable(tables.Table):  # type: ignore[misc]
    """What a run did with each table."""

    name = tables.TemplateColumn(
        "{{ value }}<br><code>{{ record.line.table }}</code>", verbose_name=_("Data"), empty_values=()
    )
    period = tables.Column(verbose_name=_("Period"))
    due = tables.TemplateColumn(
        _COUNT, accessor="line__due", verbose_name=pgettext_lazy("expiry", "Due"), attrs=_NUMERIC
    )
    removed = tables.TemplateColumn(
        _COUNT, accessor="line__removed", verbose_name=pgettext_lazy("expiry", "Removed"), attrs=_NUMERIC
    )
    held = tables.TemplateColumn(
        _COUNT, accessor="line__held", verbose_name=pgettext_lazy("expiry", "Held"), attrs=_NUMERIC
    )
    overdue = tables.TemplateColumn(
        _COUNT, accessor="line__overdue", verbose_name=pgettext_lazy("expiry", "Overdue"), attrs=_NUMERIC
    )
    oldest = tables.TemplateColumn(_MOMENT, accessor="line__oldest_at", verbose_name=_("Oldest row left"))
    seconds = tables.TemplateColumn(
        "{{ value|floatformat:'2g' }}", accessor="line__seconds", verbose_name=_("Time (s)"), attrs=_NUMERIC
    )
    error = tables.Column(accessor="line__error", verbose_name=_("Cause"), default="")

    class Meta:
        orderable = False

    caption = _("Data by table")
