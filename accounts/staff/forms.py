"""Forms of staff access. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.staff.models import LONGEST_MINUTES, StaffAccess
from accounts.staff.scopes import Scope

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class AskForm(forms.Form):
    """What an operator wants, and why."""

    company_code = forms.CharField(label=_("Company code"), max_length=20, widget=forms.TextInput(_PLAIN))
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What you want to find out or repair. The company reads this and decides by it."),
    )
    ticket = forms.CharField(
        label=_("Ticket"), max_length=60, widget=forms.TextInput(_PLAIN), help_text=_("The inquiry or the incident.")
    )
    scope = forms.ChoiceField(
        label=_("Scope"), choices=Scope.choices, initial=Scope.READ, help_text=_("Ask for no more than you need.")
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=LONGEST_MINUTES, initial=30)
    emergency = forms.BooleanField(
        label=_("This is an emergency"),
        required=False,
        help_text=_(
            "Another operator may then grant it before the company answers, and has to say why. "
            "The company is told of both at once."
        ),
    )


class ApproveForm(forms.Form):
    """For how long, at most as long as was asked."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=1)
    word = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.TextInput(_PLAIN))

    def __init__(self, *args: Any, access: StaffAccess, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minutes: Any = self.fields["minutes"]
        minutes.initial = minutes.max_value = access.minutes
        minutes.widget.attrs["max"] = access.minutes
        minutes.help_text = _("From the approval on; %(most)d were asked for.") % {"most": access.minutes}


class EmergencyForm(ApproveForm):
    """The same by a second operator, who has to say why."""

    word = forms.CharField(
        label=_("Why this cannot wait for the company"), max_length=500, widget=forms.Textarea({"rows": 2})
    )


class RefuseForm(forms.Form):
    """Why not."""

    word = forms.CharField(label=_("Reason"), max_length=500, widget=forms.TextInput(_PLAIN))
