"""Tables of the audit log."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

# The reader's own time on the page, UTC for whoever compares it with other logs (G8).
_TIME = """{% load elements tz %}{% moment record.at seconds=True %}<br>
<small class="text-nowrap text-secondary">{{ record.at|utc|date:'Y-m-d H:i:s' }} UTC</small>"""
_ACTION = """<a href="{% url 'console:audit_event' record.id %}">{{ record.action_label }}</a>"""
_OUTCOME = "{% load elements %}{% badge record.get_outcome_display status=record.outcome %}"


class OwnEventTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Somebody's own entries: what they did and what was done to their account."""

    at = tables.TemplateColumn(_TIME, verbose_name=_("Time"))
    action = tables.Column(accessor="action_label", verbose_name=_("Action"))
    target_label = tables.Column(accessor="target_name", verbose_name=_("Target"))
    ip = tables.Column(verbose_name=_("Source IP"))
    outcome = tables.TemplateColumn(_OUTCOME, verbose_name=_("Result"))

    class Meta:
        orderable = False
        empty_text = _("Nothing was recorded in this period")

    caption = _("Your activity")
    empty_icon = "history"
    empty_hint = _("Choose an earlier beginning, or fewer conditions.")


class EventTable(OwnEventTable):
    """The audit log of the company."""

    action = tables.TemplateColumn(_ACTION, verbose_name=_("Action"))
    actor = tables.TemplateColumn(template_name="auditlog/_actor.html", verbose_name=_("Who"), empty_values=())
    target_label = tables.TemplateColumn(template_name="auditlog/_target.html", verbose_name=_("Target"))

    class Meta(OwnEventTable.Meta):
        sequence = ("at", "action", "actor", "target_label", "ip", "outcome")

    caption = _("Audit log")


_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_MOMENT = "{% load elements %}{% moment value seconds=True %}"
_PERSON = """{% if record.label %}{{ record.label }}<br>{% endif %}<code>{{ record.user_id }}</code>"""
_ACTIONS = """{% for action, times in value.items %}<span class="text-nowrap">{{ action }} <b>{{ times }}</b></span>
{% if not forloop.last %}<br>{% endif %}{% endfor %}"""


class KindTable(tables.Table):  # type: ignore[misc]
    """The sum of a person's trail."""

    label = tables.Column(verbose_name=_("Kind"))
    actions = tables.TemplateColumn(_ACTIONS, verbose_name=_("What was done"))
    times = tables.TemplateColumn("{{ value|floatformat:'0g' }}", verbose_name=_("Times"), attrs=_NUMERIC)
    first = tables.TemplateColumn(_MOMENT, verbose_name=_("First"))
    last = tables.TemplateColumn(_MOMENT, verbose_name=_("Last"))

    class Meta:
        orderable = False
        empty_text = _("Nothing was recorded in this period")

    caption = _("What was done, by kind")
    empty_icon = "history"
    empty_hint = _("Choose an earlier beginning, or fewer conditions.")


class PersonTable(KindTable):
    """The sum of a thing's trail."""

    label = tables.TemplateColumn(_PERSON, verbose_name=_("Who"), empty_values=())

    class Meta(KindTable.Meta):
        pass

    caption = _("Who did something with it")
