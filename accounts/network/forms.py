"""Forms about allowed networks. They clean what was typed; the rules are in `entries` and `opening`."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.network.entries import Entry
from accounts.network.opening import LONGEST_MINUTES, SHORTEST_MINUTES

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_NAME_LENGTH, _NOTE_LENGTH, _PASTE_LENGTH = 60, 200, 40_000
_SEPARATOR = re.compile(r"[\s,\u3000、，]+")


class NetworkForm(forms.Form):
    """One entry of the list."""

    cidr = forms.CharField(
        label=_("Network or address"),
        max_length=100,
        widget=forms.TextInput(_PLAIN | {"placeholder": "203.0.113.0/24"}),
        help_text=_("IPv4 or IPv6, with the length behind a slash: 203.0.113.0/24. One address alone needs no slash."),
    )
    name = forms.CharField(
        label=_("Name of the place"),
        max_length=_NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Such as “Tokyo office” or “VPN”. Lists of devices show it."),
    )
    note = forms.CharField(
        label=_("Note"), max_length=_NOTE_LENGTH, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )

    def entry(self) -> Entry:
        """What was typed."""
        return Entry(**self.cleaned_data)


class PasteForm(forms.Form):
    """Many entries at once."""

    lines = forms.CharField(
        label=_("One network a line"),
        max_length=_PASTE_LENGTH,
        widget=forms.Textarea(_PLAIN | {"rows": 10, "placeholder": "203.0.113.0/24 Tokyo office\n2001:db8:1::/48 VPN"}),
        help_text=_("The network first, then its name. A note may follow behind “#”. All lines are added, or none."),
    )

    def clean_lines(self) -> list[tuple[int, Entry]]:
        """The entries with the numbers of their lines; blank lines and those that begin with # say nothing."""
        entries = []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            content, _mark, note = line.partition("#")
            cidr, *rest = _SEPARATOR.split(content.strip(), maxsplit=1)
            if cidr:
                entries.append((number, Entry(cidr, rest[0] if rest else cidr, note)))
        if not entries:
            raise ValidationError(gettext("There is no network in these lines."))
        return entries


class OpeningForm(forms.Form):
    """An emergency opening, by an operator."""

    company_code = forms.CharField(label=_("Company code"), max_length=20, widget=forms.TextInput(_PLAIN))
    minutes = forms.IntegerField(label=_("Minutes"), initial=60, min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Who asked for it, how you made sure that it was them, and the number of the inquiry."),
    )
