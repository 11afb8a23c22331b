"""Tables of inquiries."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_SUBJECT = """<a href="{% url 'inquiries:inquiry' record.id %}">{{ record.subject }}</a><br>
<small class="text-secondary">{{ record.reference }} · {{ record.get_kind_display }}</small>"""
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"
_ASKED = "{% load elements %}{{ record.asked_by_name }}<br>{% moment record.asked_at %}"
_LAST = "{% load elements %}{% moment record.last_message_at %}"
_PRIORITY = "{{ record.get_priority_display }}"
_COMPANY = """<a href="{% url 'operator:inquiry' record.inquiry.tenant_id record.inquiry.id %}">
{{ record.inquiry.subject }}</a><br>
<small class="text-secondary">{{ record.inquiry.reference }} · {{ record.inquiry.get_kind_display }}
· {{ record.company_name }} <code>{{ record.company_code }}</code></small>"""


def _of_queue(template: str) -> str:
    return template.replace("record.", "record.inquiry.")


class InquiryTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The inquiries of one company, the one with the newest message first."""

    subject = tables.TemplateColumn(_SUBJECT, verbose_name=_("Subject of the inquiry"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    priority = tables.TemplateColumn(_PRIORITY, verbose_name=_("Priority"))
    asked = tables.TemplateColumn(_ASKED, verbose_name=_("Asked"), empty_values=())
    last = tables.TemplateColumn(_LAST, verbose_name=_("Last message"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("Nobody of your company has asked anything yet")

    caption = _("Inquiries")
    empty_icon = "lifebuoy"
    empty_hint = _("Ask support, report what goes wrong, propose something: the answers stay here for all to read.")


class QueueTable(tables.Table):  # type: ignore[misc]
    """The inquiries of all companies for operators, by the deadline of the first answer."""

    subject = tables.TemplateColumn(_COMPANY, verbose_name=_("Inquiry"), empty_values=())
    state = tables.TemplateColumn(_of_queue(_STATE), verbose_name=_("State"), empty_values=())
    priority = tables.TemplateColumn(_of_queue(_PRIORITY), verbose_name=_("Priority"), empty_values=())
    due = tables.TemplateColumn(
        template_name="incidents/inquiries/operator/_due.html", verbose_name=_("First answer"), empty_values=()
    )
    in_charge = tables.TemplateColumn(
        "{{ record.inquiry.assigned_to_name|default:'—' }}", verbose_name=_("In charge"), empty_values=()
    )
    last = tables.TemplateColumn(_of_queue(_LAST), verbose_name=_("Last message"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No inquiry like this")

    caption = _("Inquiries")
    empty_icon = "lifebuoy"
    empty_hint = _("When a company asks something, operators are told by mail and answer here.")
