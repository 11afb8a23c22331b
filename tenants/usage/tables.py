"""Tables of usage."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_COMPANY = """<a href="{% url 'operator:usage_company' record.tenant_id %}">{{ record.name }}</a><br>
<code>{{ record.company_code }}</code> <small class="text-secondary">{{ record.plan_label }}</small>"""
_USERS = "{% if record.users is None %}—{% else %}{{ record.users }} / {{ record.users_trend.allowed }}{% endif %}"
_STORAGE = """{% if record.storage is None %}—{% else %}{{ record.storage|filesizeformat }}<br>
<small class="text-secondary">/ {{ record.storage_trend.allowed|filesizeformat }}</small>{% endif %}"""
_GROWTH = """{% if record.storage_trend.growth is None %}—{% else %}
{{ record.storage_trend.growth|filesizeformat }}{% endif %}"""
_FULL = "{% if record.full_on %}{{ record.full_on|date:'Y-m-d' }}{% else %}—{% endif %}"


class StandingTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Who uses how much, and when that is all a plan allows."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    users = tables.TemplateColumn(_USERS, verbose_name=_("Users"), attrs=_NUMERIC, empty_values=())
    storage = tables.TemplateColumn(_STORAGE, verbose_name=_("Storage"), attrs=_NUMERIC, empty_values=())
    growth = tables.TemplateColumn(_GROWTH, verbose_name=_("Growth in 30 days"), attrs=_NUMERIC, empty_values=())
    requests = tables.TemplateColumn(
        "{{ value|floatformat:'0g' }}", verbose_name=_("Requests in 30 days"), attrs=_NUMERIC
    )
    p95 = tables.TemplateColumn(
        "{% if record.p95_ms is None %}—{% else %}{{ record.p95_ms|floatformat:'0g' }}{% endif %}",
        verbose_name=_("95 % within (ms)"),
        attrs=_NUMERIC,
        empty_values=(),
    )
    full = tables.TemplateColumn(_FULL, verbose_name=_("Limit of the plan reached"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No company was counted yet")

    caption = _("Usage of all companies")
    empty_icon = "activity"
    empty_hint = _("Figures appear here with the first whole hour.")
