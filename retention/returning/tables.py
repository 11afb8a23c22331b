"""Tables of data returns."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_STATE = """{% load elements %}{% badge record.shown_state.label status=record.shown_state.value %}
{% if record.problem %}<br><small>{{ record.get_problem_display }}</small>{% endif %}"""
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_MOMENT = "{% load elements %}{% moment record.asked_at %}"
_SIZE = "{% if record.size %}{{ record.size|filesizeformat }}{% else %}–{% endif %}"


class ReturnTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The last data returns, apart from those that are being written or can be fetched."""

    asked_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Asked"))
    asked_by_name = tables.Column(verbose_name=_("Asked by"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    size = tables.TemplateColumn(_SIZE, verbose_name=_("Size"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("No data returns in the last 30 days")

    caption = _("Data returns")
    empty_icon = "database-export"
