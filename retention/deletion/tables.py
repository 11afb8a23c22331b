"""Tables of deletions."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_COMPANY = """<a href="{% url 'operator:deletion' record.id %}">{{ record.company_name }}</a><br>
<code>{{ record.company_code }}</code>"""
_STATE = """{% load elements %}{% with state=record.state_now %}{% badge state.label status=state %}{% endwith %}"""


class DeletionTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Who wanted which company deleted, and what became of it."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    asked_at = tables.TemplateColumn("{% load elements %}{% moment record.asked_at %}", verbose_name=_("Asked"))
    asked_by_name = tables.Column(verbose_name=_("Asked by"))
    decided_by_name = tables.Column(verbose_name=_("Decided by"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))

    class Meta:
        orderable = False
        empty_text = _("No company was ever deleted this way")

    caption = _("Deletions of companies")
    empty_icon = "trash"
    empty_hint = _("Companies that cancel are erased by themselves. This is for those that have to go without it.")
