"""Tables of alerts."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.alerts.models import Alert
from incidents.alerts.queries import label_of, shown

_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_LEVEL = "{% load elements %}{% badge record.get_level_display status=record.level %}"
_WHO = """{% load elements %}{% if record.acknowledged_at %}{{ record.acknowledged_by_name }}<br>
<small>{% moment record.acknowledged_at %}</small>{% else %}–{% endif %}"""
_FIGURE = """<a href="{% url 'operator:threshold' record.rule.measure.code %}">{{ record.label }}</a>"""
_FIGURE_LEVEL = (
    "{% load elements %}{% include 'incidents/alerts/_level.html' with level=record.level passing=record.is_passing %}"
)
_CRITICAL = pgettext_lazy("alert", "Critical")
_MEASURE = """<a href="{% url 'operator:threshold' record.measure.code %}">{{ record.measure.label }}</a><br>
<small class="text-secondary">{{ record.measure.explanation }}</small>"""
_RULE_STATE = """{% load elements %}{% if record.enabled %}{% badge on status="active" %}
{% else %}{% badge off status="suspended" %}{% endif %}
{% if record.setting %}<br><small>{{ record.setting.reason }}</small>{% endif %}"""
_TELLS = """{% if record.told %}{{ by_alerts }}{% else %}{{ record.measure.told_elsewhere|default:nobody }}{% endif %}
{% if record.opens_incident %}<br>{{ incident }}{% endif %}"""


class _Alerts(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Columns that open and ended alerts share."""

    level = tables.TemplateColumn(_LEVEL, verbose_name=_("Level"))
    about = tables.Column(verbose_name=_("What"), empty_values=(), linkify=("operator:alert", [tables.A("id")]))
    worst = tables.Column(verbose_name=_("Worst figure"), empty_values=(), attrs=_NUMERIC)

    def render_about(self, record: Alert) -> str:
        """As people call it."""
        return label_of(record)

    def render_worst(self, record: Alert) -> str:
        """With its unit."""
        return shown(record, record.worst)


class OpenAlertTable(_Alerts):
    """What is not in order now."""

    opened_at = tables.TemplateColumn(
        "{% load elements %}{% moment value %}", verbose_name=pgettext_lazy("alert", "Since")
    )
    acknowledged = tables.TemplateColumn(_WHO, verbose_name=_("Acknowledged"), empty_values=())
    incident_number = tables.Column(verbose_name=_("Incident"), default="–")

    class Meta:
        orderable = False
        empty_text = _("No alert is open")

    caption = _("Open alerts")
    empty_icon = "circle-check"
    empty_hint = _("Every figure is within its threshold.")


class ClosedAlertTable(_Alerts):
    """What was not in order."""

    opened_at = tables.TemplateColumn("{% load elements %}{% moment value %}", verbose_name=_("From"))
    closed_at = tables.TemplateColumn("{% load elements %}{% moment value %}", verbose_name=_("Until"))
    end_reason = tables.TemplateColumn("{{ record.get_end_reason_display }}", verbose_name=_("Why it ended"))

    class Meta:
        orderable = False
        empty_text = _("No alert has ended yet")

    caption = _("Ended alerts")
    empty_icon = "history"
    empty_hint = _("Alerts that ended stay on record here.")


class FigureTable(tables.Table):  # type: ignore[misc]
    """Everything that is measured."""

    label = tables.TemplateColumn(_FIGURE, verbose_name=_("Measure"))
    level = tables.TemplateColumn(_FIGURE_LEVEL, verbose_name=_("State"))
    shown = tables.Column(verbose_name=pgettext_lazy("figure", "Now"), attrs=_NUMERIC)
    line = tables.TemplateColumn(
        "{% include 'incidents/alerts/_line.html' with line=value %}", verbose_name=_("Last 4 hours"), empty_values=()
    )
    at = tables.TemplateColumn("{% load elements %}{% moment record.watched.at %}", verbose_name=_("Read"))

    class Meta:
        orderable = False
        empty_text = _("Nothing was measured yet")

    caption = _("Figures")
    empty_icon = "gauge"
    empty_hint = _("The worker reads every measure once a minute. If nothing comes, see whether it runs.")


class RuleTable(tables.Table):  # type: ignore[misc]
    """Thresholds as they are set."""

    measure = tables.TemplateColumn(_MEASURE, verbose_name=_("Measure"))
    warning = tables.Column(verbose_name=_("Warning"), accessor="limits__warning", default="–", attrs=_NUMERIC)
    critical = tables.Column(verbose_name=_CRITICAL, accessor="limits__critical", default="–", attrs=_NUMERIC)
    minutes = tables.Column(verbose_name=_("For minutes"), accessor="limits__for_minutes", attrs=_NUMERIC)
    tells = tables.TemplateColumn(
        _TELLS,
        verbose_name=_("Who tells"),
        empty_values=(),
        extra_context={
            "by_alerts": _("Mail and chat"),
            "nobody": _("Nobody"),
            "incident": _("A critical one opens an incident"),
        },
    )
    state = tables.TemplateColumn(
        _RULE_STATE,
        verbose_name=_("State"),
        empty_values=(),
        extra_context={"on": _("In use"), "off": _("Switched off")},
    )

    class Meta:
        orderable = False

    caption = _("Thresholds")

    def render_warning(self, record: Any, value: float) -> str:
        """With its unit."""
        return str(record.measure.shown(value))

    def render_critical(self, record: Any, value: float) -> str:
        """With its unit."""
        return str(record.measure.shown(value))
