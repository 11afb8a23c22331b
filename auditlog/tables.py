"""Tables of the audit log."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

# The reader's own time on the page, UTC for whoever compares it with other logs (G8).
_TIME = """{% load elements tz %}<span title="{{ record.at|utc|date:'Y-m-d H:i:s' }} UTC">
{% moment record.at seconds=True %}</span>"""
_ACTION = """<a href="{% url 'console:audit_event' record.id %}">{{ record.action_label }}</a>"""
_ACTOR = """{% if record.actor_name %}{{ record.actor_name }}<br>{% endif %}<code>{{ record.actor_user_id }}</code>
{% if record.actor_kind != 'user' %}<br>
<small class="text-nowrap">{{ record.get_actor_kind_display }}</small>{% endif %}"""
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
    actor = tables.TemplateColumn(_ACTOR, verbose_name=_("Who"), empty_values=())

    class Meta(OwnEventTable.Meta):
        sequence = ("at", "action", "actor", "target_label", "ip", "outcome")

    caption = _("Audit log")
