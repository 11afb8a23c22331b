"""Tables of maintenance."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_TITLE = "<a href=\"{% url 'operator:maintenance' record.id %}\">{{ record.title }}</a>"
_MOMENT = "{{% load elements %}}{{% if record.{0} %}}{{% moment record.{0} %}}{{% else %}}–{{% endif %}}"
_STATE = """{% include "incidents/maintenance/_state.html" with maintenance=record only %}"""


class MaintenanceTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What is ahead, or what is over."""

    title = tables.TemplateColumn(_TITLE, verbose_name=_("Maintenance"))
    component_labels = tables.TemplateColumn(
        "{{ record.component_labels|join:', ' }}", verbose_name=_("What is concerned"), empty_values=()
    )
    begins_at = tables.TemplateColumn(_MOMENT.format("begins_at"), verbose_name=_("Begins"))
    ends_at = tables.TemplateColumn(_MOMENT.format("ends_at"), verbose_name=_("Ends"))
    announced_at = tables.TemplateColumn(
        _MOMENT.format("announced_at"), verbose_name=pgettext_lazy("maintenance", "Announced on"), empty_values=()
    )
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No maintenance")

    caption = _("Maintenance")
    empty_icon = "tool"
    empty_hint = _("Plan it early: companies are told five whole business days before.")
