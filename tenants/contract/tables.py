"""Tables of contracts."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_COMPANY = """<a href="{% url 'operator:contract' record.id %}">{{ record.name }}</a><br>
<code>{{ record.company_code }}</code>"""
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"
_CREATED = "{% load elements %}{% moment value date_only=True %}"


class ContractTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Every company with what was agreed."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    plan = tables.Column(accessor="get_plan_code_display", verbose_name=_("Plan"))
    edition = tables.Column(accessor="get_edition_display", verbose_name=_("Edition"))
    created_at = tables.TemplateColumn(_CREATED, verbose_name=_("Since"))

    class Meta:
        orderable = False
        empty_text = _("No contract matches")

    caption = pgettext_lazy("contracts of companies", "Contracts")
    empty_icon = "file-certificate"
    empty_hint = _("Search for something else, or show contracts in every state.")
