"""Tables of incidents."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_NUMBER = '<a class="text-nowrap" href="{% url "operator:incident" record.number %}">{{ record.number }}</a>'
_TITLE = """{{ record.title }}<br><span class="text-secondary">
{% for label in record.component_labels %}{{ label }}{% if not forloop.last %}, {% endif %}{% endfor %}</span>"""
_STATUS = """{% load elements %}{% badge record.get_severity_display status=record.severity %}<br>
{% badge record.get_status_display status=record.status %}"""
_MOMENT = "{% load elements %}{% if value %}{% moment value %}{% else %}–{% endif %}"
_OWN_NUMBER = '<a href="{% url "console:incident" record.incident.number %}">{{ record.incident.number }}</a>'
_OWN_STATUS = "{% load elements %}{% badge record.incident.get_status_display status=record.incident.status %}"
_COMPANY = """{% if record.tenant %}<strong>{{ record.tenant.company_code }}</strong> {{ record.tenant.name }}
{% else %}–{% endif %}
{% if record.row.impact %}<br><span class="text-secondary">{{ record.row.impact }}</span>{% endif %}"""
_TOLD = '{% include "incidents/operator/_told.html" with one=record only %}'
_IMPACT = '{% include "incidents/operator/_impact.html" with one=record only %}'


class IncidentTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What went wrong, how grave it is and how far."""

    number = tables.TemplateColumn(_NUMBER, verbose_name=_("Number"))
    title_ja = tables.TemplateColumn(_TITLE, verbose_name=_("What happened"))
    status = tables.TemplateColumn(_STATUS, verbose_name=pgettext_lazy("incident", "Status"))
    commander_name = tables.Column(verbose_name=_("Commander"))
    detected_at = tables.TemplateColumn(_MOMENT, verbose_name=pgettext_lazy("incident", "Detected"))
    published_at = tables.TemplateColumn(_MOMENT, verbose_name=_("First published"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No incident is open")

    caption = _("Incidents")
    empty_icon = "circle-check"
    empty_hint = _("Open one as soon as something is wrong: its first notice is drafted, and its promises run.")


class AffectedTable(tables.Table):  # type: ignore[misc]
    """Whom it affects, and who was told."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    told = tables.TemplateColumn(_TOLD, verbose_name=pgettext_lazy("incident", "Told"), empty_values=())
    impact = tables.TemplateColumn(_IMPACT, verbose_name="", empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No company is named")

    caption = _("Affected companies")
    empty_icon = "building"
    empty_hint = _("Name the companies as soon as you know them: they have to be told.")


class OwnIncidentTable(tables.Table):  # type: ignore[misc]
    """What concerned a company."""

    number = tables.TemplateColumn(_OWN_NUMBER, verbose_name=_("Number"), empty_values=())
    title = tables.Column(accessor="incident__title", verbose_name=_("What happened"))
    status = tables.TemplateColumn(_OWN_STATUS, verbose_name=pgettext_lazy("incident", "Status"), empty_values=())
    published_at = tables.TemplateColumn(_MOMENT, accessor="incident__published_at", verbose_name=_("First published"))
    resolved_at = tables.TemplateColumn(
        _MOMENT,
        accessor="incident__resolved_at",
        verbose_name=pgettext_lazy("incident", "Recovered at"),
        empty_values=(),
    )

    class Meta:
        orderable = False
        empty_text = _("No incident has concerned your company")

    caption = _("Incidents")
    empty_icon = "circle-check"
    empty_hint = _("When one does, you are told by mail, and its reports are here.")
