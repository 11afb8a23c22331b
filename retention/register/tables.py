"""Tables of the register, for operators and for companies."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_NUMERIC: dict[str, Any] = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_NAME = """{% load elements i18n %}{{ value }}
{% for table in record.tables %}<br><code>{{ table }}</code>{% endfor %}
{% for column in record.sealed %}<br>{% icon "lock" label=_("Sealed") %} <code>{{ column }}</code>{% endfor %}"""
_YES = "{% load i18n %}{% if value %}{% translate 'Yes' %}{% else %}{% translate 'No' %}{% endif %}"


class _Listed(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """A table without paging or sorting: it is as long as the program has declarations."""

    class Meta:
        orderable = False


class EntryTable(_Listed):
    """Every class, with its tables and numbers, for operators."""

    name = tables.TemplateColumn(_NAME, verbose_name=_("Data"))
    whose = tables.Column(verbose_name=_("Whose"))
    number = tables.TemplateColumn(
        "{{ value|floatformat:'0g' }}", verbose_name=_("Rows, about"), accessor="rows", attrs=_NUMERIC
    )
    period = tables.Column(verbose_name=_("Period"))
    ending = tables.Column(verbose_name=pgettext_lazy("register", "How it ends"))
    archived = tables.TemplateColumn(_YES, verbose_name=_("Backed up"))
    returned = tables.TemplateColumn(_YES, verbose_name=_("Returned"))

    class Meta(_Listed.Meta):
        pass

    caption = _("Asset register")


class StoredTable(_Listed):
    """What is kept elsewhere than in tables, for operators."""

    name = tables.Column(verbose_name=_("Data"))
    whose = tables.Column(verbose_name=_("Whose"))
    where = tables.Column(verbose_name=_("Place"))
    period = tables.Column(verbose_name=_("Period"))
    ending = tables.Column(verbose_name=pgettext_lazy("register", "How it ends"))

    class Meta(_Listed.Meta):
        pass

    caption = _("Elsewhere than in tables")


class OwnEntryTable(_Listed):
    """What a company reads of its classes."""

    name = tables.Column(verbose_name=_("Data"))
    whose = tables.Column(verbose_name=_("Whose"))
    period = tables.Column(verbose_name=_("Period"))
    ending = tables.Column(verbose_name=pgettext_lazy("register", "How it ends"))
    returned = tables.TemplateColumn(_YES, verbose_name=_("In the data return"))
    archived = tables.TemplateColumn(_YES, verbose_name=_("In backups"))

    class Meta(_Listed.Meta):
        pass

    caption = _("What is kept")
