"""Tables of the upkeep of the audit log."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
# Partitions begin and end with the days of UTC (G8); in the reader's zone these would be odd hours.
_DAY = "{% load tz %}{{ value|utc|date:'Y-m-d' }}"
_PERIOD = "{% load tz %}{{ value|utc|date:'Y-m-d' }} – {{ record.last_day|date:'Y-m-d' }}"
_STATE = "{% load elements %}{% badge record.state.label status=record.state.value %}"
_PROGRESS = """{% load elements %}
{% if record.total %}{% progress record.done record.total label=label tone="info" %}{% else %}–{% endif %}"""


class RoomTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The classes and how much there is of each."""

    retention_class = tables.TemplateColumn("{{ value.label }}", verbose_name=_("Kept for"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"), empty_values=())
    begins = tables.TemplateColumn(_PERIOD, verbose_name=_("There is room (UTC)"))
    partitions = tables.Column(verbose_name=_("Partitions"), attrs=_NUMERIC)
    rows = tables.TemplateColumn("{{ value|floatformat:'0g' }}", verbose_name=_("Events, about"), attrs=_NUMERIC)
    bytes = tables.TemplateColumn("{{ value|filesizeformat }}", verbose_name=_("Size"), attrs=_NUMERIC)
    next_drop = tables.TemplateColumn(_DAY, verbose_name=_("Next removal (UTC)"))

    class Meta:
        orderable = False

    caption = _("Retention classes")


class DropTable(tables.Table):  # type: ignore[misc]
    """What was removed lately."""

    at = tables.TemplateColumn("{% load elements %}{% moment record.at %}", verbose_name=_("Time"))
    target_label = tables.TemplateColumn("<code>{{ value }}</code>", verbose_name=_("Partition"))
    events = tables.TemplateColumn(
        "{{ record.before.events|floatformat:'0g' }}", verbose_name=_("Events"), empty_values=(), attrs=_NUMERIC
    )
    companies = tables.TemplateColumn(
        "{{ record.before.by_tenant|length }}", verbose_name=_("Companies"), empty_values=(), attrs=_NUMERIC
    )
    actor_user_id = tables.Column(verbose_name=_("Who"))

    class Meta:
        orderable = False
        empty_text = _("Nothing was removed in the last 30 days")

    caption = _("Removed events")
    empty_icon = "clock"
    empty_hint = _("A day is removed when all of its events are past their time.")


class RelocationTable(tables.Table):  # type: ignore[misc]
    """Changes of class that are being carried out."""

    company = tables.Column(verbose_name=_("Company code"), empty_values=())
    from_class = tables.Column(accessor="get_from_class_display", verbose_name=_("Before"))
    to_class = tables.Column(accessor="get_to_class_display", verbose_name=_("Now"))
    asked_at = tables.TemplateColumn("{% load elements %}{% moment value %}", verbose_name=_("Changed"))
    progress = tables.TemplateColumn(
        _PROGRESS,
        verbose_name=_("Progress"),
        empty_values=(),
        extra_context={"label": _("Events moved or removed")},
    )

    class Meta:
        orderable = False
        empty_text = _("No change is being carried out")

    caption = _("Changes of the retention period")
    empty_icon = "circle-check"
    empty_hint = _("A company's period is changed on its page among the tenants.")

    def __init__(self, *args: Any, codes: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._codes = codes

    def render_company(self, record: Any) -> str:
        """The code of the company."""
        return self._codes.get(record.tenant_id, "")
