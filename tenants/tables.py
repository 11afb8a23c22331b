"""Tables of the operators' pages about tenants."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_NAME = (
    """{{ record.name }}{% if record.is_provider %} <small class="text-secondary">{{ provider }}</small>{% endif %}"""
)
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"
_AUDIT = """<a href="{% url 'operator:tenant_audit' record.company_code %}">{{ label }}</a>"""
_CREATED = "{% load elements %}{% moment value date_only=True %}"


class TenantTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Every company; what they keep here is not the operators' to see."""

    company_code = tables.TemplateColumn("<code>{{ value }}</code>", verbose_name=_("Company code"))
    name = tables.TemplateColumn(
        _NAME, verbose_name=_("Organisation name"), extra_context={"provider": _("the provider itself")}
    )
    plan = tables.Column(accessor="get_plan_code_display", verbose_name=_("Plan"))
    edition = tables.Column(accessor="get_edition_display", verbose_name=_("Edition"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    created_at = tables.TemplateColumn(_CREATED, verbose_name=_("Created"))
    audit = tables.TemplateColumn(
        _AUDIT, verbose_name=_("Audit log"), extra_context={"label": _("Settings")}, empty_values=()
    )

    class Meta:
        orderable = False
        empty_text = _("No tenant matches")

    caption = _("Tenants")
    empty_icon = "building"
    empty_hint = _("Search for something else, or show tenants in every state.")
