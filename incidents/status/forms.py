"""What subscribers and operators fill in."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.components import CHOICES

_LANGUAGES = [("ja", "日本語"), ("en", "English")]


class SubscriptionForm(forms.Form):
    """In which language somebody wants to be told of what."""

    language = forms.ChoiceField(label=_("Language of the mails"), choices=_LANGUAGES)
    components = forms.MultipleChoiceField(
        label=_("Parts of the service"),
        choices=CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen means all of them."),
    )


class SubscribeForm(SubscriptionForm):
    """The same, with the address that is to be told."""

    address = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )
    field_order = ("address", "language", "components")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = "en" if get_language() == "en" else "ja"
