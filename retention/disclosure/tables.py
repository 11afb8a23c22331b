"""Tables of disclosures."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_COMPANY = """<a href="{% url 'operator:disclosure' record.id %}">{{ record.company_name }}</a><br>
<code>{{ record.company_code }}</code>"""
_ORDER = "{{ record.authority }}<br>{{ record.reference }}"
_SCOPE = """{% include "retention/holds/_scope.html" with extent=record only %}"""
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"


class DisclosureTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What was handed out of whom, by whose order."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    order = tables.TemplateColumn(_ORDER, verbose_name=_("Order"), empty_values=())
    scope = tables.TemplateColumn(_SCOPE, verbose_name=_("Scope"))
    asked_at = tables.TemplateColumn("{% load elements %}{% moment record.asked_at %}", verbose_name=_("Asked"))
    asked_by_name = tables.Column(verbose_name=_("Asked by"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))

    class Meta:
        orderable = False
        empty_text = _("Nothing was disclosed")

    caption = _("Disclosures")
    empty_icon = "gavel"
    empty_hint = _("When an authority orders data to be handed out, one operator asks for it and another one approves.")


class HandOutTable(tables.Table):  # type: ignore[misc]
    """To whom a package went."""

    handed_on = tables.TemplateColumn('{{ record.handed_on|date:"DATE_FORMAT" }}', verbose_name=_("Handed out on"))
    recipient = tables.Column(verbose_name=_("To whom"))
    way = tables.Column(verbose_name=_("How"))
    sha256 = tables.TemplateColumn("<code>{{ record.sha256|slice:':16' }}…</code>", verbose_name=_("SHA-256"))
    noted_by_name = tables.Column(verbose_name=_("Noted by"))

    class Meta:
        orderable = False
        empty_text = _("Not handed out yet")

    caption = _("Hand-outs")
    empty_icon = "send"
