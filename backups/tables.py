"""Tables of backups."""

from collections.abc import Sequence
from itertools import pairwise

import django_tables2 as tables
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backups.models import Archive
from tenants.models import Tenant

_MOMENT = "{% load elements %}{% if value %}{% moment value %}{% else %}—{% endif %}"
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}


class ArchiveTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The generations of one company, newest first."""

    snapshot_at = tables.TemplateColumn(_MOMENT, verbose_name=_("As of"))
    state = tables.TemplateColumn(template_name="backups/_state.html", verbose_name=_("State"))
    verified_at = tables.TemplateColumn(_MOMENT, verbose_name=pgettext_lazy("time", "Verified"))
    row_count = tables.Column(verbose_name=_("Rows"), attrs=_NUMERIC)
    object_count = tables.Column(verbose_name=_("Files"), attrs=_NUMERIC)
    size = tables.Column(verbose_name=_("Size"), attrs=_NUMERIC)

    class Meta:
        orderable = False

    caption = _("Backups")

    def render_row_count(self, value: int) -> str:
        """Long numbers in groups."""
        return f"{value:,}"

    def render_object_count(self, value: int) -> str:
        """Long numbers in groups."""
        return f"{value:,}"

    def render_size(self, value: int) -> str:
        """With a unit that fits."""
        return filesizeformat(value)


class OperatorArchiveTable(ArchiveTable):
    """The same for operators: how long it took, how it has grown, the second site, and a button to verify it."""

    seconds = tables.TemplateColumn(
        template_name="backups/_seconds.html", verbose_name=_("Time taken"), attrs=_NUMERIC, empty_values=()
    )
    growth = tables.Column(verbose_name=_("Growth"), attrs=_NUMERIC, empty_values=())
    copied_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Second site"), empty_values=())
    verify = tables.TemplateColumn(template_name="backups/operator/_verify.html", verbose_name="", empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No backup yet")
        sequence = ("snapshot_at", "state", "verified_at", "size", "growth", "seconds", "copied_at", "verify")
        exclude = ("row_count", "object_count")

    empty_icon = "archive"
    empty_hint = _("The nightly run makes the first one.")

    @classmethod
    def of(cls, archives: Sequence[Archive], tenant: Tenant) -> "OperatorArchiveTable":
        """The generations of a company, newest first; each has grown since the one below it."""
        table = cls(archives)
        table.tenant = tenant
        table.earlier = {new.id: old.size for new, old in pairwise(archives)}
        return table

    def render_growth(self, record: Archive) -> str:
        """How much larger it is than the one before, in bytes with a unit."""
        earlier = self.earlier.get(record.id)
        if earlier is None:
            return "—"
        return ("+" if record.size >= earlier else "−") + filesizeformat(abs(record.size - earlier))


class FailureTable(tables.Table):  # type: ignore[misc]
    """What failed, out of the audit log."""

    at = tables.TemplateColumn(_MOMENT, verbose_name=_("Time"))
    action = tables.TemplateColumn("{{ record.action_label }}", verbose_name=_("What happened"))
    cause = tables.TemplateColumn(
        "{{ record.after.part }} {{ record.after.cause }}", verbose_name=_("Cause"), empty_values=()
    )

    class Meta:
        orderable = False
        empty_text = _("Nothing has failed")

    caption = _("Failures")
    empty_icon = "circle-check"
    empty_hint = _("What fails is listed here for 30 days, with its cause.")
