"""The form of a saved filter. Its rules are in `saving`."""

from django import forms
from django.utils.translation import gettext_lazy as _

from auditlog.viewing.models import NAME_LENGTH


class SavedFilterForm(forms.Form):
    """A name, and who else sees it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Such as “Failed log-ins of this month”."),
    )
    shared = forms.BooleanField(
        label=_("Show it to everybody in the company who may read the audit log"), required=False
    )
