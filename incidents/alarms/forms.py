"""What operators enter for a chat. The rules are in `channels`."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from incidents.alarms.channels import Wanted
from incidents.alarms.models import AlarmChannel

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_LANGUAGES = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class ChannelForm(forms.Form):
    """A chat in which alarms are posted."""

    name = forms.CharField(
        label=_("Name of the chat"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Such as “Slack #operations”."),
    )
    address = forms.CharField(
        label=_("Address of the incoming webhook"),
        max_length=1000,
        widget=forms.TextInput(_PLAIN | {"placeholder": "https://hooks.slack.com/services/…"}),
        help_text=_("Whoever knows it can post there: it is kept encrypted and never shown again."),
    )
    language = forms.ChoiceField(label=_("Language of the alarms"), choices=_LANGUAGES)
    authorities = forms.CharField(
        label=_("Certificate authorities (PEM)"),
        required=False,
        max_length=64 * 1024,
        widget=forms.Textarea(_PLAIN | {"rows": 4, "placeholder": "-----BEGIN CERTIFICATE-----"}),
        help_text=_("Only for a server whose certificate a private authority issued. Nothing else is trusted then."),
    )

    @classmethod
    def showing(cls, data: Any, channel: AlarmChannel) -> "ChannelForm":
        """The form with what is there, but for the address."""
        names = ("name", "language", "authorities")
        form = cls(data, initial={name: getattr(channel, name) for name in names})
        form.fields["address"].required = False
        form.fields["address"].help_text = _("Leave it empty to keep the present one, which is never shown.")
        return form

    def wanted(self) -> Wanted:
        """What was entered."""
        return Wanted(**{name: self.cleaned_data[name] for name in ("name", "language", "address", "authorities")})
