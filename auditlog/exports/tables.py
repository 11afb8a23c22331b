"""Tables of exports."""

import django_tables2 as tables
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from auditlog.exports.conditions import Conditions, told

_PERIOD = """{% load elements %}{% moment record.starts_at date_only=True %} –
<span class="text-nowrap">{% moment record.last date_only=True %}</span>"""
_STATE = """{% load elements %}{% badge record.shown_state.label status=record.shown_state.value %}
{% if record.problem %}<br><small>{{ record.get_problem_display }}</small>{% endif %}"""
_MOMENT = "{% load elements %}{% moment value %}"
_ORDERED = "{% load elements %}{{ record.requested_by_name }}<br>{% moment record.requested_at %}"
_ACTIONS = """{% load elements %}<div class="btn-list flex-nowrap">{% if record.has_file %}
<a class="btn" href="{% url 'console:audit_export_file' record.id %}">{% icon "download" %}{{ download }}</a>
{% if record.signature %}
<a class="btn" href="{% url 'console:audit_export_signature' record.id %}">{% icon "certificate" %}{{ sign }}</a>
{% endif %}{% elif record.state == 'failed' or record.state == 'cancelled' %}
{% url 'console:audit_export_again' record.id as url %}
{% post_button action=url icon="refresh" %}{{ again }}{% endpost_button %}{% endif %}</div>"""
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


class ExportTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The last exports, apart from those that are being written."""

    period = tables.TemplateColumn(_PERIOD, verbose_name=_("Period"))
    conditions = tables.Column(verbose_name=_("Conditions"))
    format = tables.Column(accessor="get_format_display", verbose_name=_("Format"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    done = tables.Column(verbose_name=_("Events"), attrs=_NUMERIC)
    size = tables.Column(verbose_name=_("Size"), attrs=_NUMERIC)
    ordered = tables.TemplateColumn(_ORDERED, verbose_name=_("Ordered"))
    expires_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Available until"))
    actions = tables.TemplateColumn(
        _ACTIONS,
        verbose_name=_("Action"),
        extra_context={"download": _("Download"), "sign": _("Signature"), "again": _("Start again")},
    )

    class Meta:
        orderable = False
        empty_text = _("No exports in the last 30 days")

    caption = _("Exports of the audit log")
    empty_icon = "database-export"
    empty_hint = _("Choose a period above. The file stays here for 7 days.")

    def render_conditions(self, value: Conditions) -> str:
        """In the reader's words."""
        return ", ".join(f"{label}: {chosen}" for label, chosen in told(value)) if value else gettext("None")

    def render_done(self, value: int) -> str:
        """With separators; nothing where there is no file."""
        return f"{value:,}" if value else "–"

    def render_size(self, value: int) -> str:
        """As people read sizes."""
        return str(filesizeformat(value)) if value else "–"
