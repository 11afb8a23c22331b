"""Tables of exports."""

import django_tables2 as tables
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from auditlog.exports.conditions import told
from auditlog.exports.models import AuditExport

_STATE = """{% load elements %}{% badge record.shown_state.label status=record.shown_state.value %}
{% if record.problem %}<br><small>{{ record.get_problem_display }}</small>
{% elif record.has_file %}<br>
<small class="text-secondary">{{ until }}: {% moment record.expires_at %}</small>{% endif %}"""
_ORDERED = "{% load elements %}{{ record.requested_by_name }}<br>{% moment record.requested_at %}"
_ACTIONS = """{% load elements %}<div class="btn-list flex-nowrap">{% if record.has_file %}
<a class="btn" href="{% url 'console:audit_export_file' record.id %}">{% icon "download" %}{{ download }}</a>
{% if record.signature %}
<a class="btn" href="{% url 'console:audit_export_signature' record.id %}">{% icon "certificate" %}{{ sign }}</a>
{% endif %}{% elif record.may_be_ordered_again %}{% url 'console:audit_export_again' record.id as url %}
{% post_button action=url icon="refresh" %}{{ again }}{% endpost_button %}{% endif %}</div>"""
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


class ExportTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The last exports, apart from those that are being written."""

    export = tables.Column(empty_values=(), verbose_name=_("Export"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"), extra_context={"until": _("Available until")})
    actions = tables.TemplateColumn(
        _ACTIONS,
        verbose_name=_("Action"),
        extra_context={"download": _("Download"), "sign": _("Signature"), "again": _("Start again")},
    )
    done = tables.Column(verbose_name=_("Number of events"), attrs=_NUMERIC)
    ordered = tables.TemplateColumn(_ORDERED, verbose_name=_("Ordered"))

    class Meta:
        orderable = False
        empty_text = _("No exports in the last 30 days")

    caption = _("Exports of the audit log")
    empty_icon = "database-export"
    empty_hint = _("Choose a period above. The file stays here for 7 days.")

    def render_export(self, record: AuditExport) -> str:
        """Which days, as what, and what else it was narrowed to."""
        days = " – ".join(f"{timezone.localtime(at):%Y-%m-%d}" for at in (record.starts_at, record.last))
        narrowed = [f"{label}: {chosen}" for label, chosen in told(record.conditions)]
        lines = ((line,) for line in (record.get_format_display(), *narrowed))
        return format_html('<span class="text-nowrap">{}</span>{}', days, format_html_join("", "<br>{}", lines))

    def render_done(self, value: int, record: AuditExport) -> str:
        """And how large the file is; nothing where there was none."""
        return f"{value:,} ({filesizeformat(record.size)})" if record.size else "–"
