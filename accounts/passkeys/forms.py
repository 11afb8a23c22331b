"""Forms of passkeys."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NameForm(forms.Form):
    """By what its owner knows a passkey."""

    name = forms.CharField(label=_("Name"), max_length=60)


class AnswerForm(forms.Form):
    """What the device answered, put in by the script of the page."""

    answer = forms.CharField(max_length=40_000, widget=forms.HiddenInput)


class NewPasskeyForm(AnswerForm):
    """The same, with a name for the new passkey."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("For example the device on which it is. You may leave it empty."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
