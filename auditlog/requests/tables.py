"""Tables of the request log."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_TIME = "{% load elements %}{% moment record.at seconds=True %}"


def _milliseconds(label: Any) -> tables.Column:
    return tables.TemplateColumn("{{ value|floatformat:'0g' }}", verbose_name=label, attrs=_NUMERIC)


class RouteTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Addresses by how long they take."""

    route = tables.TemplateColumn("<code>{{ record.method }} {{ value }}</code>", verbose_name=_("Address"))
    requests = tables.TemplateColumn("{{ value|floatformat:'0g' }}", verbose_name=_("Requests"), attrs=_NUMERIC)
    errors = tables.TemplateColumn("{{ value|floatformat:'0g' }}", verbose_name=_("Errors"), attrs=_NUMERIC)
    median = _milliseconds(_("Median (ms)"))
    p95 = _milliseconds(_("95 % within (ms)"))
    slowest = _milliseconds(_("Slowest (ms)"))

    class Meta:
        orderable = False
        empty_text = _("No requests in this period")

    caption = _("Slowest addresses")
    empty_icon = "activity"
    empty_hint = _("Requests appear here some seconds after they were answered.")


class FailedTable(tables.Table):  # type: ignore[misc]
    """Requests that ended in an error of ours."""

    at = tables.TemplateColumn(_TIME, verbose_name=_("Time"))
    route = tables.TemplateColumn("<code>{{ record.method }} {{ value }}</code>", verbose_name=_("Address"))
    status = tables.Column(verbose_name=_("Status"), attrs=_NUMERIC)
    error = tables.TemplateColumn("<code>{{ value }}</code>", verbose_name=_("Error"))
    company = tables.Column(verbose_name=_("Company code"), empty_values=())
    request_id = tables.TemplateColumn("<code>{{ value }}</code>", verbose_name=_("Request ID"))

    class Meta:
        orderable = False
        empty_text = _("No errors in this period")

    caption = _("Latest errors")
    empty_icon = "circle-check"
    empty_hint = _("Nothing to do.")

    def __init__(self, *args: Any, codes: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._codes = codes

    def render_company(self, record: Any) -> str:
        """The code of the company; nothing where nobody was logged in."""
        return self._codes.get(record.tenant_id, "")
