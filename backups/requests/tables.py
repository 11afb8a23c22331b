"""Tables of restores and of deleted files."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_MOMENT = "{% load elements %}{% moment value %}"
_WHAT = """<a href="{% url 'console:restore' record.id %}">{{ record.get_kind_display }}</a><br>
<small class="text-secondary text-break">{% if record.company_code %}<code>{{ record.company_code }}</code>
{% else %}{{ record.label }}{% endif %}</small>"""
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"
_ASKED = "{% load elements %}{{ record.asked_by_name }}<br>{% moment record.asked_at %}"
_COMPANY = """<a href="{% url 'operator:restore' record.request.tenant_id record.request.id %}">
{{ record.company_name }}</a><br><code>{{ record.company_code }}</code>"""
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


class RequestTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The restores that one company asked for, newest first."""

    what = tables.TemplateColumn(_WHAT, verbose_name=_("What"), empty_values=())
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    snapshot_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Backup as of"))
    asked = tables.TemplateColumn(_ASKED, verbose_name=_("Asked"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No restore was asked for yet")

    caption = _("Restores")
    empty_icon = "history"
    empty_hint = _("Bring deleted files back from a backup, or have the whole company restored beside this one.")


class EverybodysRequestTable(tables.Table):  # type: ignore[misc]
    """The same for operators, over all companies: whole companies only."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    state = tables.TemplateColumn(
        _STATE.replace("record.", "record.request."), verbose_name=_("State"), empty_values=()
    )
    code = tables.TemplateColumn(
        "<code>{{ record.request.company_code }}</code>", verbose_name=_("New company code"), empty_values=()
    )
    snapshot_at = tables.TemplateColumn(_MOMENT, accessor="request__snapshot_at", verbose_name=_("Backup as of"))
    asked = tables.TemplateColumn(
        _ASKED.replace("record.", "record.request."), verbose_name=_("Asked"), empty_values=()
    )

    class Meta:
        orderable = False
        empty_text = _("No company has asked for a restore yet")

    caption = _("Restores")
    empty_icon = "history"
    empty_hint = _("When one does, operators are told by mail and decide here.")


class DeletedFileTable(tables.Table):  # type: ignore[misc]
    """Deleted files and folders of a generation, each with a box to tick."""

    tick = tables.TemplateColumn(
        template_name="backups/requests/_tick.html",
        verbose_name=_("Choose"),
        empty_values=(),
        attrs={"th": {"class": "w-1"}},
    )
    name = tables.TemplateColumn(template_name="backups/requests/_name.html", verbose_name=_("Name"))
    size = tables.TemplateColumn(
        "{% if record.is_file %}{{ record.size|filesizeformat }}{% else %}—{% endif %}",
        verbose_name=_("Size"),
        attrs=_NUMERIC,
    )
    version = tables.TemplateColumn(
        "{% if record.is_file %}{{ record.version }}{% else %}—{% endif %}", verbose_name=_("Version"), attrs=_NUMERIC
    )
    changed = tables.TemplateColumn(
        "{% load elements %}{% if record.is_file %}{{ record.changed_by }}<br>{% moment record.changed_at %}"
        "{% else %}—{% endif %}",
        verbose_name=_("Last changed"),
        empty_values=(),
    )

    class Meta:
        orderable = False
        empty_text = _("Nothing that is in this backup was deleted")

    caption = _("Deleted files")
    empty_icon = "circle-check"
    empty_hint = _("Choose an older backup, or look for another name.")
