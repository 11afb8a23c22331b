"""Tables of staff access."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_ASKED = """{% load elements %}<a href="{% url 'console:staff_access' record.id %}">{% moment record.asked_at %}</a>"""
_WHO = "{{ record.operator_name }}<br><code>{{ record.operator_user_id }}</code>"
_PURPOSE = """{% load elements %}{{ record.purpose|truncatechars:80 }}<br>
<small class="text-secondary">{{ record.ticket }}</small>
{% if record.emergency %}{% badge emergency tone="danger" icon="alert-octagon" %}{% endif %}"""
_STATE = """{% load elements %}{% with state=record.state_now %}
{% badge state.label status=state %}{% endwith %}"""
_COMPANY = """{% load elements %}<a href="{% url 'operator:staff_access' record.access.tenant_id record.access.id %}">
{{ record.company_name }}</a><br><code>{{ record.company_code }}</code>"""


class AccessTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What the provider's staff asked of the company, and what became of it."""

    asked_at = tables.TemplateColumn(_ASKED, verbose_name=_("Asked"))
    operator = tables.TemplateColumn(_WHO, verbose_name=_("Operator"), empty_values=())
    purpose = tables.TemplateColumn(_PURPOSE, verbose_name=_("Purpose"), extra_context={"emergency": _("Emergency")})
    scope = tables.Column(accessor="get_scope_display", verbose_name=_("Scope"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))

    class Meta:
        orderable = False
        empty_text = _("The provider's staff has never asked for access")

    caption = _("Staff access")
    empty_icon = "user-check"
    empty_hint = _("When they do, you are told by mail and decide here.")


class EverybodysAccessTable(tables.Table):  # type: ignore[misc]
    """The same for operators, over all companies."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    asked_at = tables.TemplateColumn(
        "{% load elements %}{% moment record.access.asked_at %}", verbose_name=_("Asked"), empty_values=()
    )
    operator = tables.Column(accessor="access__operator_name", verbose_name=_("Operator"))
    purpose = tables.TemplateColumn(
        _PURPOSE.replace("record.", "record.access."),
        verbose_name=_("Purpose"),
        empty_values=(),
        extra_context={"emergency": _("Emergency")},
    )
    scope = tables.Column(accessor="access__get_scope_display", verbose_name=_("Scope"))
    state = tables.TemplateColumn(_STATE.replace("record.", "record.access."), verbose_name=_("State"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("Nobody has asked for access yet")

    caption = _("Staff access")
    empty_icon = "user-check"
    empty_hint = _("Ask a company for access when an inquiry cannot be solved without its data.")
