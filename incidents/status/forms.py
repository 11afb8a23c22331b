"""What subscribers and operators fill in."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.components import CHOICES
from incidents.status.document import State
from incidents.status.words import STATES

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


class OverrideForm(forms.Form):
    """A state that is shown until then, whatever is measured."""

    component = forms.ChoiceField(label=_("Part of the service"), choices=CHOICES)
    state = forms.ChoiceField(label=_("State"), choices=[(state.value, STATES[state]) for state in State])
    ends_at = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("For the provider's own record. It is not published.")
    )
