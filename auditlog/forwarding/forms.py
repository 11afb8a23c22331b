"""Forms about destinations. They clean what was typed; the rules are in `destinations`."""

from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind
from auditlog.forwarding.destinations import Wanted
from auditlog.forwarding.models import Destination, DestinationKind

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_EXAMPLES = {
    DestinationKind.WEBHOOK: (_("Address (https)"), "https://logs.example.com/audit"),
    DestinationKind.SYSLOG: (_("Server and port"), "logs.example.com:6514"),
}


class DestinationForm(forms.Form):
    """What can be changed at any time."""

    name = forms.CharField(
        label=_("Name of the destination"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Such as “SIEM Tokyo”."),
    )
    address = forms.CharField(max_length=1000, widget=forms.TextInput(_PLAIN))
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of events"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to send all of them, also those that will be added."),
    )
    authorities = forms.CharField(
        label=_("Certificate authorities (PEM)"),
        required=False,
        max_length=64 * 1024,
        widget=forms.Textarea(_PLAIN | {"rows": 4, "placeholder": "-----BEGIN CERTIFICATE-----"}),
        help_text=_("Only for a server whose certificate a private authority issued. Nothing else is trusted then."),
    )

    def __init__(self, data: object = None, *, kind: str, **kwargs: object) -> None:
        super().__init__(data, **kwargs)  # type: ignore[arg-type]
        label, example = _EXAMPLES[DestinationKind(kind)]
        self.fields["address"].label = label
        self.fields["address"].widget.attrs["placeholder"] = example

    @classmethod
    def showing(cls, data: object, destination: Destination) -> "DestinationForm":
        """The form with what is there."""
        names = ("name", "address", "kinds", "authorities")
        initial = {name: getattr(destination, name) for name in names}
        return cls(data, kind=destination.kind, initial=initial)

    def wanted(self) -> Wanted:
        """What was entered."""
        return Wanted(**{name: self.cleaned_data[name] for name in ("name", "address", "kinds", "authorities")})


class NewDestinationForm(DestinationForm):
    """A new destination also begins somewhere."""

    since = forms.DateField(
        label=_("Begin with the events of"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("Leave it empty to begin now."),
    )
    field_order = ("name", "address", "since", "kinds", "authorities")

    def clean_since(self) -> datetime | None:
        """The beginning of the day in the reader's zone."""
        day: date | None = self.cleaned_data["since"]
        if day is None:
            return None
        if not 2000 <= day.year <= 2999 or day > timezone.localdate():
            raise forms.ValidationError(gettext("Choose today or an earlier day."))
        return timezone.make_aware(datetime.combine(day, time.min))
