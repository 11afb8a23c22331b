"""Forms of deletions. They clean what was typed; the rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backups.destruction.forms import CompanyForm, ConfirmForm

__all__ = ["CompanyForm", "ConfirmForm", "RequestForm"]


class RequestForm(ConfirmForm):
    """Why, and the company code once more by hand."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Name the contract's end or the order. It stays on record, in the company's log too."),
    )
    field_order = ["reason", "confirmation"]
