"""Forms of leaving. They clean what was typed; the rules are in the services."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from retention.cancellation.models import Reason

_PLAIN = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class LastDayForm(forms.Form):
    """The last day of use, from `today` to `latest`: looked at before anything is asked for."""

    last_day = forms.DateField(label=_("Last day of use"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, today: date, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.latest = today, latest
        self.fields["last_day"].widget.attrs |= {"min": today.isoformat(), "max": latest.isoformat()}
        self.fields["last_day"].help_text = _("Use ends with this day; at the latest on %(latest)s.") % {
            "latest": latest.isoformat()
        }

    def clean_last_day(self) -> date:
        """A day that may be chosen."""
        chosen: date = self.cleaned_data["last_day"]
        if not self.today <= chosen <= self.latest:
            raise forms.ValidationError(
                _("Choose a day from today to %(latest)s."), params={"latest": self.latest.isoformat()}
            )
        return chosen


class CancellationForm(forms.Form):
    """Why, and the company code once more by hand."""

    last_day = forms.DateField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What we should know. It goes with your data."),
    )
    typed_code = forms.CharField(label=_("Type the company code"), max_length=20, widget=forms.TextInput(_PLAIN))
    confirmed = forms.BooleanField(
        label=_("I have read what will be deleted and when, and I am entitled to cancel the contract.")
    )


class BehalfForm(forms.Form):
    """A cancellation that a company asked an operator for."""

    typed_code = forms.CharField(label=_("Company code"), max_length=20, widget=forms.TextInput(_PLAIN))
    last_day = forms.DateField(label=_("Last day of use"), widget=forms.DateInput({"type": "date"}))
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Who of the company asked for it, when and how. The company reads it."),
    )


class GraceForm(forms.Form):
    """After how many days companies are erased."""

    grace = forms.IntegerField(
        label=_("Days from the last day of use to erasure"),
        min_value=1,
        max_value=365,
        help_text=_("Companies that are leaving already keep their dates."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))
