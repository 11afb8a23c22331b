"""Tables of chats and of alarms."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.menus import BY_CODE

_WHEN = "{% load elements %}{% if value %}{% moment value %}{% else %}–{% endif %}"
_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


class ChannelTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The chats in which alarms are posted."""

    name = tables.TemplateColumn(
        '<a href="{% url \'operator:channel\' record.id %}">{{ value }}</a><br><small class="text-secondary">'
        "{{ record.host }}</small>",
        verbose_name=_("Chat"),
    )
    health = tables.TemplateColumn(template_name="incidents/alarms/_health.html", verbose_name=_("State"),
                                   empty_values=())  # fmt: skip
    posted_at = tables.TemplateColumn(_WHEN, verbose_name=_("Last posted"), empty_values=())
    test = tables.TemplateColumn(template_name="incidents/alarms/_buttons.html", verbose_name=_("Test"),
                                 empty_values=())  # fmt: skip

    class Meta:
        orderable = False
        empty_text = _("Alarms are posted in no chat")

    caption = _("Chats")
    empty_icon = "message-circle"
    empty_hint = _("Operators are told by mail. Add the incoming webhook of Slack, Mattermost or another chat.")


class AlarmTable(tables.Table):  # type: ignore[misc]
    """What operators were told."""

    raised_at = tables.TemplateColumn(_WHEN, accessor="alarm__raised_at", verbose_name=pgettext_lazy("alarm", "Raised"))
    alarm = tables.TemplateColumn('<a href="{{ value.link }}">{{ value }}</a>', verbose_name=_("Alarm"))
    menu = tables.Column(accessor="alarm__menu", verbose_name=_("Told to holders of"))
    told = tables.Column(verbose_name=pgettext_lazy("alarm", "Told"), attrs=_NUMERIC)
    waiting = tables.Column(verbose_name=pgettext_lazy("alarm", "Waiting"), attrs=_NUMERIC)
    given_up = tables.Column(verbose_name=pgettext_lazy("alarm", "Given up"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("No alarm")

    caption = _("Alarms")
    empty_icon = "bell"
    empty_hint = _("Alarms come from deadlines that run out, thresholds that are passed and probes that fail.")

    def render_menu(self, value: str) -> str:
        """The name of the menu."""
        menu = BY_CODE.get(value)
        return str(menu.label) if menu else value
