"""Tables of single sign-on."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_USER = """<a href="{% url 'console:user' record.user.id %}">{{ record.user.name }}</a><br>
<code>{{ record.user.user_id }}</code>"""
_LAST = "{% load elements %}{% if value %}{% moment value %}{% else %}—{% endif %}"
_UNLINK = """{% load elements %}{% url 'console:sso_unlink' record.id as url %}
{% post_button action=url icon="x" %}{{ label }}{% endpost_button %}"""


class IdentityTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Who is who at the identity provider."""

    user = tables.TemplateColumn(_USER, verbose_name=_("User"), order_by=("user__name", "user__user_id"))
    name_id = tables.Column(verbose_name=_("NameID"))
    entity_id = tables.Column(verbose_name=_("Identity provider"))
    last_used_at = tables.TemplateColumn(_LAST, verbose_name=_("Last log-in"))
    unlink = tables.TemplateColumn(_UNLINK, verbose_name="", orderable=False, extra_context={"label": _("Unlink")})

    class Meta:
        order_by = "user"
        empty_text = _("Nobody is linked yet")

    caption = _("Linked users")
    empty_icon = "users"
    empty_hint = _("Link somebody below, or let people join at their first log-in.")
