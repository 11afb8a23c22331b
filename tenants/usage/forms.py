"""Forms of usage pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.usage.queries import Span


class SpanForm(forms.Form):
    """How far back to look."""

    span = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[(Span.DAY, _("Last 24 hours")), (Span.MONTH, _("Last 30 days")), (Span.YEAR, _("Last 12 months"))],
    )

    def chosen(self) -> Span:
        """The period; the last 30 days unless another one is asked for."""
        asked = self.cleaned_data.get("span") if self.is_valid() else ""
        return Span(asked or Span.MONTH)


class OrderForm(forms.Form):
    """What the list of companies is sorted by."""

    order = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("storage", _("Storage")),
            ("users", _("Users")),
            ("requests", _("Requests")),
            ("growth", _("Growth of storage")),
            ("full", _("Limit of the plan reached")),
        ],
    )
