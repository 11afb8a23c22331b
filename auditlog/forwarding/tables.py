"""Tables of destinations."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_NAME = """<a href="{% url 'console:forwarding_destination' record.id %}">{{ record.name }}</a><br>
<small class="text-secondary">{{ record.get_kind_display }}</small>"""
_HEALTH = "{% load elements %}{% badge record.health_label status=record.health %}"
_THEIR_HEALTH = """{% load elements %}{% badge value.health_label status=value.health %}
{% if value.trouble %}<br><small class="text-secondary">{{ value.get_trouble_display }}</small>{% endif %}"""
_DELIVERED = "{% load elements %}{% if value %}{% moment value %}{% else %}–{% endif %}"


class DestinationTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The company's own."""

    name = tables.TemplateColumn(_NAME, verbose_name=_("Destination"))
    health = tables.TemplateColumn(_HEALTH, verbose_name=_("State"), empty_values=())
    delivered_at = tables.TemplateColumn(_DELIVERED, verbose_name=_("Last delivered"), empty_values=())
    backlog = tables.Column(verbose_name=_("Waiting events"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("The audit log is not forwarded")

    caption = _("Destinations")
    empty_icon = "send"
    empty_hint = _("Add a webhook or a syslog server of your company to have every event there within minutes.")


class EverybodysTable(tables.Table):  # type: ignore[misc]
    """Those of all companies as operators see them: neither address nor name."""

    company_code = tables.TemplateColumn("<code>{{ value }}</code>", verbose_name=_("Company code"))
    kind = tables.Column(accessor="destination__get_kind_display", verbose_name=_("Kind"))
    health = tables.TemplateColumn(_THEIR_HEALTH, accessor="destination", verbose_name=_("State"))
    failures = tables.Column(accessor="destination__failures", verbose_name=_("Failures in a row"), attrs=_NUMERIC)
    delivered_at = tables.TemplateColumn(
        _DELIVERED, accessor="destination__delivered_at", verbose_name=_("Last delivered"), empty_values=()
    )
    backlog = tables.Column(accessor="destination__backlog", verbose_name=_("Waiting events"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("No company forwards its audit log")

    caption = _("Destinations of all companies")
    empty_icon = "send"
