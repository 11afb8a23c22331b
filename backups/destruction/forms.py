"""Forms of destructions. They clean what was typed; the rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class CompanyForm(forms.Form):
    """Whose keys."""

    company = forms.CharField(label=_("Company code"), max_length=20, widget=forms.TextInput(_PLAIN))


class RequestForm(forms.Form):
    """Why, and the company code once more by hand."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Name the contract's end or the order. It stays on record, in the company's log too."),
    )
    confirmation = forms.CharField(label=_("Type the company code"), max_length=20, widget=forms.TextInput(_PLAIN))


class ConfirmForm(forms.Form):
    """The company code by hand, as the second operator."""

    confirmation = forms.CharField(label=_("Type the company code"), max_length=20, widget=forms.TextInput(_PLAIN))
