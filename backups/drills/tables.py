"""Tables of drills."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backups.drills.models import CheckCode, Drill
from tenants.models import Tenant

_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_COUNT = "{{ value|floatformat:'0g' }}"
_SECONDS = "{{ value|floatformat:'1g' }}"
_RESULT = "backups/drills/_result.html"


class DrillTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Drills, newest first. `companies` names them."""

    started_at = tables.TemplateColumn(
        "{% load elements %}<a href=\"{% url 'operator:backup_drill' record.id %}\">{% moment value %}</a>",
        verbose_name=pgettext_lazy("time", "Started"),
    )
    company = tables.Column(verbose_name=_("Company"), empty_values=())
    sound = tables.TemplateColumn(
        template_name=_RESULT, verbose_name=pgettext_lazy("restore drill", "Result"), extra_context={"short": True}
    )
    seconds = tables.TemplateColumn(_SECONDS, verbose_name=_("Recovery time (s)"), attrs=_NUMERIC)
    rows = tables.TemplateColumn(_COUNT, verbose_name=pgettext_lazy("database", "Rows"), attrs=_NUMERIC)
    files_opened = tables.TemplateColumn(_COUNT, verbose_name=_("Files opened"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("No restore drill")

    caption = _("Restore drills")
    empty_icon = "restore"
    empty_hint = _("Every company with a verified backup is drilled within 30 days.")

    def __init__(self, *args: Any, companies: Mapping[UUID, Tenant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._companies = companies

    def render_company(self, record: Drill) -> str:
        """Name and code."""
        company = self._companies.get(record.tenant_id)
        return format_html("{}<br><code>{}</code>", company.name, company.company_code) if company else "—"


class CheckTable(tables.Table):  # type: ignore[misc]
    """What each check of one drill found."""

    label = tables.Column(verbose_name=_("What was checked"))
    sound = tables.TemplateColumn(template_name=_RESULT, verbose_name=pgettext_lazy("restore drill", "Result"))
    count = tables.TemplateColumn(_COUNT, verbose_name=_("In order"), attrs=_NUMERIC)
    seconds = tables.TemplateColumn(_SECONDS, verbose_name=_("Time (s)"), attrs=_NUMERIC)

    class Meta:
        orderable = False

    caption = _("Checks")

    @classmethod
    def of(cls, drill: Drill) -> "CheckTable":
        """With the names that people know."""
        labels = dict(CheckCode.choices)
        return cls([{**check, "label": labels.get(check["code"], check["code"])} for check in drill.checks])
