"""Tables of accounts."""

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.browsers import describe
from accounts.models import Role, User

_USER = """<a href="{% url 'console:user' record.id %}">{{ record.name }}</a><br><code>{{ record.user_id }}</code>"""
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"
_ROLES = "{% for role in record.roles.all %}{{ role.name }}{% if not forloop.last %}, {% endif %}{% endfor %}"
_LAST_LOGIN = "{% load elements %}{% if value %}{% moment value %}{% else %}—{% endif %}"
_ROLE = """<a href="{% url 'console:role' record.id %}">{{ record.name }}</a>"""
_MOMENT = "{% load elements %}{% moment value %}"
_END = """{% load elements %}{% if record.id == current.id %}{% badge here tone="primary" %}{% else %}
{% url 'session_end' record.id as url %}{% post_button action=url icon="logout" %}{{ label }}{% endpost_button %}
{% endif %}"""
_PLACE = """<code class="text-nowrap">{{ record.ip|default:"—" }}</code>
{% if record.place %}<br>{{ record.place }}{% endif %}"""
_SESSION_USER = """{{ record.user.name }}<br><code class="text-nowrap">{{ record.user.user_id }}</code>"""
_END_ANY = """{% load elements %}{% if record.id == current.id %}{% badge here tone="primary" %}{% else %}
{% url 'console:user_sessions_end' record.user_id as url %}
{% post_button action=url icon="logout" %}{{ label }}{% endpost_button %}
{% endif %}"""
_NEED = """{% load elements %}<a href="{{ record.need.link }}">{{ record.need.title }}</a><br>
<span class="text-secondary">{% icon record.source.icon %} {{ record.source.label }}</span>"""
_DUE = """{% load elements i18n %}{% if record.need.due %}{% moment record.need.due %}{% if record.overdue %}
{% badge late tone="danger" icon="clock" %}{% endif %}{% else %}{% translate "as soon as possible" %}<br>
<span class="text-secondary">{% translate "since" %} {% moment value %}</span>{% endif %}"""
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


class UserTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Everybody who can log in to the company."""

    name = tables.TemplateColumn(_USER, verbose_name=pgettext_lazy("person", "Name"), order_by=("name", "user_id"))
    email = tables.Column(verbose_name=_("E-mail address"))
    roles = tables.TemplateColumn(_ROLES, verbose_name=_("Roles"), orderable=False)
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"), order_by=("state", "user_id"))
    last_login = tables.TemplateColumn(_LAST_LOGIN, verbose_name=_("Last log-in"))

    class Meta:
        order_by = "name"
        empty_text = _("No user matches")

    caption = _("Users")
    empty_icon = "users"
    empty_hint = _("Search for something else, or show users in every state.")

    def order_last_login(self, users: QuerySet[User], is_descending: bool) -> tuple[QuerySet[User], bool]:
        """Those who never came are the longest away."""
        last = F("last_login")
        order = last.desc(nulls_last=True) if is_descending else last.asc(nulls_first=True)
        return users.order_by(order, "user_id"), True


class WaitingTable(tables.Table):  # type: ignore[misc]
    """What needs a person now, in the order of how much it presses."""

    title = tables.TemplateColumn(_NEED, accessor="need__title", verbose_name=_("What"), orderable=False)
    due = tables.TemplateColumn(
        _DUE,
        accessor="need__since",
        verbose_name=_("By when"),
        orderable=False,
        extra_context={"late": _("Overdue")},
    )

    caption = _("What needs you now")


class SessionTable(tables.Table):  # type: ignore[misc]
    """The devices on which somebody is logged in."""

    device = tables.Column(accessor="user_agent", verbose_name=_("Device"), empty_values=())
    ip = tables.TemplateColumn(_PLACE, verbose_name=_("Place"), empty_values=())
    created_at = tables.TemplateColumn(_MOMENT, verbose_name=pgettext_lazy("time", "Logged in"))
    last_used_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Last used"))
    end = tables.TemplateColumn(
        _END, verbose_name=_("Action"), extra_context={"here": _("This browser"), "label": _("End the session")}
    )

    class Meta:
        orderable = False

    caption = _("Sessions")

    def render_device(self, value: str) -> str:
        """Browser and system in words."""
        return describe(value)


class EverySessionTable(SessionTable):
    """The devices on which people of the company are logged in."""

    user = tables.TemplateColumn(_SESSION_USER, verbose_name=_("User"), orderable=False)
    end = tables.TemplateColumn(
        _END_ANY,
        verbose_name=_("Action"),
        extra_context={"here": _("This browser"), "label": _("Log out everywhere")},
    )

    class Meta:
        orderable = False
        sequence = ("user", "...")
        empty_text = _("Nobody is logged in")

    empty_icon = "device-desktop"


class RoleTable(tables.Table):  # type: ignore[misc]
    """The roles of the company, with how many users have each."""

    name = tables.TemplateColumn(_ROLE, verbose_name=pgettext_lazy("role", "Name"))
    origin = tables.Column(verbose_name=_("Origin"), accessor="is_built_in")
    menus = tables.Column(verbose_name=_("Menus"), attrs=_NUMERIC)
    holders = tables.Column(verbose_name=_("Users"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("No roles yet")

    caption = _("Roles")
    empty_icon = "key"

    def render_origin(self, value: bool) -> str:
        """Whether the product brought it."""
        return str(_("Built in")) if value else str(_("Made by your company"))

    def render_menus(self, record: Role) -> int:
        """How many menus the role grants."""
        return len(record.menus)
