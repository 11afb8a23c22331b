"""The table of saved filters."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_NAME = """<a href="{% url 'console:audit' %}?{{ record.query }}">{{ record.name }}</a>"""
_SHARED = """{% load elements i18n %}{% if record.shared %}{% translate "Everybody who may read the audit log" %}
{% else %}{% translate "Only you" %}{% endif %}"""
_DEEDS = """{% load elements i18n %}{% if record.owner_id == reader_id %}
<a class="btn" href="{% url 'console:audit_filter' record.id %}">{% icon "edit" %}{% translate "Change" %}</a>
{% url 'console:audit_filter_delete' record.id as delete_url %}
{% post_button action=delete_url icon="trash" %}{% translate "Delete" %}{% endpost_button %}{% endif %}"""


class SavedFilterTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """One's own filters and those that others share."""

    name = tables.TemplateColumn(_NAME, verbose_name=_("Name"))
    owner_name = tables.Column(verbose_name=_("Saved by"))
    shared = tables.TemplateColumn(_SHARED, verbose_name=_("Who sees it"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No filter is saved yet")

    caption = _("Saved filters")
    empty_icon = "filter"
    empty_hint = _("Choose conditions in the list of events, then save them under a name.")

    def __init__(self, *args: Any, reader_id: UUID, **kwargs: Any) -> None:
        deeds = tables.TemplateColumn(_DEEDS, verbose_name="", empty_values=(), extra_context={"reader_id": reader_id})
        super().__init__(*args, extra_columns=[("deeds", deeds)], **kwargs)
