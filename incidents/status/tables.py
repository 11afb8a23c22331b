"""Tables of the operators' page of the status page."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_STATE = "{% load elements status_page %}{% badge value|called:'state' status=value %}"
_BY_HAND = """{% load elements i18n %}{% if value %}{{ value.reason }}<br>
<small class="text-secondary">{{ value.set_by_name }} · {% translate "until" %} {% moment value.ends_at %}</small>
{% url "operator:status_page_free" value.id as address %}
{% post_button action=address icon="restore" %}{% translate "Show what is measured" %}{% endpost_button %}{% endif %}"""


class StateTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Each part of the service as the page shows it."""

    name = tables.Column(verbose_name=_("Part of the service"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    override = tables.TemplateColumn(_BY_HAND, verbose_name=_("Set by hand"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("The page was not made yet.")
