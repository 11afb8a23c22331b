"""Tables about allowed networks."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from accounts.tables import SessionTable

_NAME = (
    """{{ record.name }}{% if record.note %}<br><small class="text-secondary">{{ record.note }}</small>{% endif %}"""
)
_ACTIONS = """{% load elements %}<div class="btn-list flex-nowrap">
<a class="btn" href="{% url 'console:network_edit' record.id %}">{% icon "edit" %}{{ edit }}</a>
{% url 'console:network_remove' record.id as url %}
{% post_button action=url icon="trash" %}{{ remove }}{% endpost_button %}
</div>"""
_CODE = """<code class="text-nowrap">{{ value|default:"—" }}</code>"""
_UNTIL = "{% load elements %}{% if record.is_open %}{% moment record.open_until %}{% else %}—{% endif %}"
_WHO = """{% if record.actor_name %}{{ record.actor_name }}<br>{% endif %}<code>{{ record.actor_user_id }}</code>"""
_AT = "{% load elements %}{% moment record.at %}"


class NetworkTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The allowed networks of the company."""

    cidr = tables.TemplateColumn(_CODE, verbose_name=_("Network"))
    name = tables.TemplateColumn(_NAME, verbose_name=_("Name of the place"))
    actions = tables.TemplateColumn(
        _ACTIONS, verbose_name=_("Action"), extra_context={"edit": _("Change"), "remove": _("Remove")}
    )

    class Meta:
        orderable = False
        empty_text = _("No network is on the list yet")

    caption = _("Allowed networks")
    empty_icon = "map-pin"
    empty_hint = _("Add the network from which you work yourself, then those of your offices and VPNs.")


class OutsideTable(SessionTable):
    """Sessions that were last used outside of every allowed network."""

    user = tables.TemplateColumn(
        "{{ record.user.name }}<br><code>{{ record.user.user_id }}</code>", verbose_name=_("User")
    )
    created_at = None
    end = None

    class Meta:
        orderable = False
        sequence = ("user", "device", "ip", "last_used_at")
        empty_text = _("Nobody")

    caption = _("Logged in from outside of the list")
    empty_icon = "circle-check"
    empty_hint = _("Everybody who is logged in comes from a network on the list.")


class RefusedTable(tables.Table):  # type: ignore[misc]
    """Who was refused for the address, from the audit log."""

    at = tables.TemplateColumn(_AT, verbose_name=_("Time"))
    ip = tables.TemplateColumn(_CODE, verbose_name=_("Source IP"))
    who = tables.TemplateColumn(_WHO, verbose_name=_("User"), empty_values=())
    action = tables.Column(accessor="action_label", verbose_name=_("Action"))

    class Meta:
        orderable = False
        empty_text = _("Nobody was refused in the last 30 days")

    caption = _("Refused addresses")
    empty_icon = "shield-check"


class RestrictedTable(tables.Table):  # type: ignore[misc]
    """The companies that let people in from their own networks only."""

    code = tables.TemplateColumn(_CODE, verbose_name=_("Company code"))
    name = tables.Column(verbose_name=_("Organisation name"))
    open_until = tables.TemplateColumn(_UNTIL, verbose_name=_("Open to everybody until"))

    class Meta:
        orderable = False
        empty_text = _("No company restricts addresses")

    caption = _("Companies with a list of IP addresses")
    empty_icon = "map-pin"
