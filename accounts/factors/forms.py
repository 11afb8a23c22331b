"""Forms of the second factor."""

import base64
import binascii
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class ConfirmForm(forms.Form):
    """The password, once more."""

    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )


class CodeForm(forms.Form):
    """A code of the authenticator app. Full-width digits and blanks are what Japanese input and copying leave."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def clean_code(self) -> str:
        """The digits alone."""
        return "".join(unicodedata.normalize("NFKC", str(self.cleaned_data["code"])).split())


class RecoveryForm(forms.Form):
    """A recovery code."""

    code = forms.CharField(
        label=_("Recovery code"),
        max_length=60,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


class EnrolTotpForm(CodeForm):
    """The first code of an app. The seed comes along, sealed by the server, so that nothing is stored before."""

    seed = forms.CharField(widget=forms.HiddenInput, max_length=400)

    def clean_seed(self) -> bytes:
        """The sealed seed."""
        try:
            return base64.urlsafe_b64decode(str(self.cleaned_data["seed"]))
        except (binascii.Error, ValueError) as error:
            raise ValidationError(_("Please begin anew."), code="seed") from error
