"""Parts of the service, probes, and what they found, as operators see them (N9)."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_STATE = "{% load elements %}{% badge value.label status=value %}"
_BAR = '{% include "incidents/monitoring/_bar.html" with bar=value %}'


class ComponentTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What customers read of."""

    component = tables.Column(verbose_name=_("Part of the service"), accessor="component__label")
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    bar = tables.TemplateColumn(_BAR, verbose_name=_("Last 24 hours"))

    class Meta:
        orderable = False

    caption = _("Parts of the service")


class ProbeTable(tables.Table):  # type: ignore[misc]
    """Each probe at each place."""

    probe = tables.Column(verbose_name=_("Probe"), accessor="look__probe__label")
    place = tables.Column(verbose_name=_("Place"), accessor="place")
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"), accessor="look__state")
    value = tables.Column(verbose_name=_("Measured"), attrs=_NUMERIC, accessor="measured")
    seen = tables.TemplateColumn(
        "{% load elements %}{% moment record.look.seen_at seconds=True %}", verbose_name=_("Last look"), empty_values=()
    )
    bar = tables.TemplateColumn(_BAR, verbose_name=_("Last 24 hours"))
    detail = tables.Column(verbose_name=_("What was found"), accessor="look__detail")

    class Meta:
        orderable = False
        empty_text = _("Nothing was looked at yet")

    caption = _("Probes")
    empty_icon = "gauge"
    empty_hint = _("The worker looks every minute: see that it and the scheduler are running.")


class TroubleTable(tables.Table):  # type: ignore[misc]
    """What was out of order or impaired."""

    since = tables.TemplateColumn("{% load elements %}{% moment value seconds=True %}", verbose_name=_("First seen"))
    until = tables.TemplateColumn("{% load elements %}{% moment value seconds=True %}", verbose_name=_("Last seen"))
    probe = tables.Column(verbose_name=_("Probe"), accessor="label")
    place = tables.Column(verbose_name=_("Place"), accessor="where")
    state = tables.TemplateColumn(
        "{% load elements %}{% badge record.get_state_display status=record.state %}", verbose_name=_("State")
    )
    samples = tables.Column(verbose_name=_("Looks"), attrs=_NUMERIC)
    detail = tables.Column(verbose_name=_("What was found"))

    class Meta:
        orderable = False
        empty_text = _("Nothing was out of order")

    caption = _("Out of order or impaired")
    empty_icon = "circle-check"
    empty_hint = _("Nothing to do.")
