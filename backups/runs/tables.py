"""Tables of runs."""

import django_tables2 as tables
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

_MOMENT = "{% load elements %}{% moment value %}"
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_COUNT = "{{ value|floatformat:'0g' }}"


class RunTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Runs of all companies, newest first."""

    started_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Started"))
    state = tables.TemplateColumn(template_name="backups/runs/_state.html", verbose_name=_("State"))
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Begun by"))
    seconds = tables.TemplateColumn(
        template_name="backups/_seconds.html", verbose_name=_("Time taken"), attrs=_NUMERIC, empty_values=()
    )
    companies = tables.TemplateColumn(_COUNT, verbose_name=_("Companies"), attrs=_NUMERIC)
    failed = tables.TemplateColumn(_COUNT, verbose_name=_("Failed"), attrs=_NUMERIC)
    rows_backed_up = tables.TemplateColumn(_COUNT, accessor="rows", verbose_name=_("Rows"), attrs=_NUMERIC)
    size = tables.Column(verbose_name=_("Size"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("No run yet")

    caption = _("Runs")
    empty_icon = "history"
    empty_hint = _("The nightly run makes a backup of every company.")

    def render_size(self, value: int) -> str:
        """With a unit that fits."""
        return filesizeformat(value)
