"""Tables of measures."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_TEXT = """<a href="{% url 'operator:incident_measure' record.incident.number record.id %}">{{ record.text }}</a>"""
_STATE = """{% load elements i18n %}{% if record.done_at %}{% badge record.state tone="success" icon="check" %}
{% elif record.dropped_at %}{% badge record.state tone="neutral" %}
{% elif record.overdue %}{% badge overdue tone="danger" icon="clock" %}
{% else %}{% badge record.state tone="primary" %}{% endif %}"""


class MeasureTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What follows from an incident, by the day on which it is due."""

    text = tables.TemplateColumn(_TEXT, verbose_name=pgettext_lazy("incident", "Measure"), orderable=False)
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"), orderable=False)
    owner = tables.Column(verbose_name=_("Who does it"), orderable=False)
    due_on = tables.DateColumn(verbose_name=_("Due"), orderable=False)
    state = tables.TemplateColumn(
        _STATE, verbose_name=_("State"), orderable=False, extra_context={"overdue": _("Overdue")}
    )

    class Meta:
        empty_text = _("No measures yet")

    caption = _("Measures")
    empty_icon = "clipboard-check"
    empty_hint = _("Write down what is to be done, by whom and by when.")
