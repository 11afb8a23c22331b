"""What an operator can ask the request log."""

from django import forms
from django.utils.translation import gettext_lazy as _

from auditlog.requests.queries import Span
from tenants.isolation.directory import normalize_code

_SPANS = [
    (Span.HOUR, _("The last hour")),
    (Span.DAY, _("The last 24 hours")),
    (Span.WEEK, _("The last 7 days")),
    (Span.MONTH, _("The last 30 days")),
]


class RequestFilterForm(forms.Form):
    """The period, and one company or all."""

    span = forms.ChoiceField(label=_("Period"), choices=_SPANS, required=False, initial=Span.DAY)
    company = forms.CharField(label=_("Company code"), max_length=20, required=False)

    def clean_company(self) -> str:
        """The code as it is kept."""
        return normalize_code(self.cleaned_data["company"])

    def clean_span(self) -> Span:
        """The last day, when nothing was asked for."""
        return Span(self.cleaned_data["span"] or Span.DAY)
