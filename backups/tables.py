"""Tables of backups."""

import django_tables2 as tables
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_MOMENT = "{% load elements %}{% if value %}{% moment value %}{% else %}—{% endif %}"
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


class ArchiveTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The generations of one company, newest first."""

    snapshot_at = tables.TemplateColumn(_MOMENT, verbose_name=_("As of"))
    state = tables.TemplateColumn(template_name="backups/_state.html", verbose_name=_("State"))
    verified_at = tables.TemplateColumn(_MOMENT, verbose_name=pgettext_lazy("time", "Verified"))
    row_count = tables.Column(verbose_name=_("Rows"), attrs=_NUMERIC)
    object_count = tables.Column(verbose_name=_("Files"), attrs=_NUMERIC)
    size = tables.Column(verbose_name=_("Size"), attrs=_NUMERIC)

    class Meta:
        orderable = False

    caption = _("Backups")

    def render_row_count(self, value: int) -> str:
        """Long numbers in groups."""
        return f"{value:,}"

    def render_object_count(self, value: int) -> str:
        """Long numbers in groups."""
        return f"{value:,}"

    def render_size(self, value: int) -> str:
        """With a unit that fits."""
        return filesizeformat(value)


class CompanyTable(tables.Table):  # type: ignore[misc]
    """Companies with how their backups stand."""

    company = tables.TemplateColumn("{{ record.name }}<br><code>{{ record.company_code }}</code>", empty_values=())
    newest_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Newest verified backup"), empty_values=())
    generations = tables.Column(verbose_name=_("Verified generations"), attrs=_NUMERIC)
    damaged = tables.Column(verbose_name=_("Damaged"), attrs=_NUMERIC)
    size = tables.Column(verbose_name=_("Size"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("No company yet")

    caption = _("Companies")
    empty_icon = "building"
    empty_hint = _("Companies appear here when they are created.")

    def render_size(self, value: int) -> str:
        """With a unit that fits."""
        return filesizeformat(value)
