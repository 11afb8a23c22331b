"""Tables of verifications."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_MOMENT = "{% load elements %}{% if value %}{% moment value %}{% else %}—{% endif %}"
_COUNT = "{{ value|floatformat:'0g' }}"
_RESULT = "auditlog/_result.html"


class RunTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The verifications of one company, newest first."""

    ended_at = tables.TemplateColumn(_MOMENT, verbose_name=pgettext_lazy("time", "Verified"))
    events = tables.TemplateColumn(_COUNT, verbose_name=_("Events checked"), attrs=_NUMERIC)
    expired = tables.TemplateColumn(_COUNT, verbose_name=_("Expired since"), attrs=_NUMERIC)
    unsealed = tables.TemplateColumn(_COUNT, verbose_name=_("Not yet sealed"), attrs=_NUMERIC)
    finding = tables.TemplateColumn(
        template_name=_RESULT, verbose_name=_("Result"), empty_values=(), extra_context={"with_place": True}
    )

    class Meta:
        orderable = False
        empty_text = _("Not verified yet")

    caption = _("Verifications")
    empty_icon = "shield-check"
    empty_hint = _("The log is verified once a day, before dawn.")


class TenantProofTable(tables.Table):  # type: ignore[misc]
    """Every company with its newest verification, what was broken first."""

    company = tables.TemplateColumn(
        "{{ record.tenant.name }}<br><code>{{ record.tenant.company_code }}</code>", verbose_name=_("Company")
    )
    ended_at = tables.TemplateColumn(
        _MOMENT, accessor="run__ended_at", verbose_name=pgettext_lazy("time", "Verified"), empty_values=()
    )
    events = tables.TemplateColumn(
        "{% if record.run %}{{ record.run.events|floatformat:'0g' }}{% else %}—{% endif %}",
        verbose_name=_("Events checked"),
        attrs=_NUMERIC,
        empty_values=(),
    )
    finding = tables.TemplateColumn(
        "{% if record.run %}{% include 'auditlog/_result.html' with record=record.run with_place=True %}{% else %}—"
        "{% endif %}",
        verbose_name=_("Result"),
        empty_values=(),
    )

    class Meta:
        orderable = False
        empty_text = _("No company yet")

    caption = _("Companies")
    empty_icon = "building"
    empty_hint = _("Companies appear here when they are created.")
