"""Tables of imports."""

import django_tables2 as tables
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

_FILE = """<a href="{% url 'console:user_import' record.id %}">{{ record.file_name }}</a>"""
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"
_MOMENT = "{% load elements %}{% moment value %}"
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


class ImportTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The last imports."""

    file_name = tables.TemplateColumn(_FILE, verbose_name=_("File"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    row_count = tables.Column(verbose_name=_("Rows"), attrs=_NUMERIC)
    uploaded_by_name = tables.Column(verbose_name=_("Uploaded by"))
    uploaded_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Uploaded"))

    class Meta:
        orderable = False
        empty_text = _("No imports in the last 30 days")

    caption = _("Imports")
    empty_icon = "database-import"


class ProblemTable(tables.Table):  # type: ignore[misc]
    """Everything that is wrong with a list, by line."""

    line = tables.Column(verbose_name=_("Line"), attrs=_NUMERIC)
    text = tables.Column(verbose_name=_("What is wrong"))

    class Meta:
        orderable = False

    caption = _("Problems")

    def render_line(self, value: int) -> str:
        """Line 0 is the file."""
        return str(value) if value else gettext("File")


class PreviewTable(tables.Table):  # type: ignore[misc]
    """The rows of a list as they will be imported."""

    line = tables.Column(verbose_name=_("Line"), attrs=_NUMERIC)
    user_id = tables.Column(accessor="cells__user_id", verbose_name=_("User ID"))
    name = tables.Column(accessor="cells__name", verbose_name=pgettext_lazy("person", "Name"))
    email = tables.Column(accessor="cells__email", verbose_name=_("E-mail address"))
    roles = tables.Column(accessor="cells__roles", verbose_name=_("Roles"))
    language = tables.Column(accessor="cells__language", verbose_name=_("Language"))

    class Meta:
        orderable = False

    caption = _("Users in the list")
