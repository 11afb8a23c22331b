"""Tables of erasures."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_COMPANY = """<a href="{% url 'operator:erasure' record.erasure.id %}">{{ record.company.name }}</a><br>
<code>{{ record.company.company_code }}</code>"""
_STATE = """{% load elements %}{% badge record.erasure.get_state_display status=record.erasure.state %}"""


class ErasureTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Who is erased, when, and how far it is."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    ground = tables.Column(accessor="erasure__get_ground_display", verbose_name=_("Ground"))
    begin_at = tables.TemplateColumn(
        "{% load elements %}{% moment record.erasure.begin_at %}", verbose_name=_("Begins")
    )
    due_at = tables.TemplateColumn("{% load elements %}{% moment record.erasure.due_at %}", verbose_name=_("Gone by"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    certificate = tables.Column(verbose_name=_("Certificate"))

    class Meta:
        orderable = False
        empty_text = _("No company was erased, and none is to be")

    caption = _("Erasures of companies")
    empty_icon = "trash"
    empty_hint = _("After a cancellation the erasure is planned by itself.")
