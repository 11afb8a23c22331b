"""Tables of destructions."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_COMPANY = """<a href="{% url 'operator:keys_destruction' record.id %}">{{ record.company_name }}</a><br>
<code>{{ record.company_code }}</code>"""
_STATE = """{% load elements %}{% with state=record.state_now %}{% badge state.label status=state %}{% endwith %}"""


class RequestTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Who wanted whose keys destroyed, and what became of it."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    asked_at = tables.TemplateColumn("{% load elements %}{% moment record.asked_at %}", verbose_name=_("Asked"))
    asked_by_name = tables.Column(verbose_name=_("Asked by"))
    decided_by_name = tables.Column(verbose_name=_("Decided by"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))

    class Meta:
        orderable = False
        empty_text = _("No keys were ever destroyed")

    caption = _("Destructions of keys")
    empty_icon = "key"
    empty_hint = _("When a company has left for good, one operator asks for the destruction and another one confirms.")
