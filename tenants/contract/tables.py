"""Tables of contracts."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_COMPANY = """<a href="{% url 'operator:contract' record.tenant.id %}">{{ record.tenant.name }}</a><br>
<code>{{ record.tenant.company_code }}</code>"""
_STATE = "{% load elements %}{% badge record.tenant.get_state_display status=record.tenant.state %}"
_SINCE = "{% load elements %}{% moment record.tenant.created_at date_only=True %}"
_USE = "{% include 'tenants/contract/_use.html' with use=record.use %}"


class ContractTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Every company with what was agreed, and how much of it is used."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"), empty_values=())
    plan = tables.Column(accessor="tenant__get_plan_code_display", verbose_name=_("Plan"))
    use = tables.TemplateColumn(_USE, verbose_name=pgettext_lazy("of a plan", "In use"), empty_values=())
    edition = tables.Column(accessor="tenant__get_edition_display", verbose_name=_("Edition"))
    since = tables.TemplateColumn(_SINCE, verbose_name=_("Since"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No contract matches")

    caption = pgettext_lazy("contracts of companies", "Contracts")
    empty_icon = "file-certificate"
    empty_hint = _("Search for something else, or show contracts in every state.")
