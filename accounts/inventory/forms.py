"""Forms of account inventories. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.inventory.models import Decision

SHOWN = (
    ("", _("All accounts")),
    ("undecided", _("Undecided")),
    ("unused", _("Not used for 90 days")),
    ("administrators", _("Administrators")),
    ("own", _("Decided about oneself")),
    ("outstanding", _("Still to be carried out")),
    *Decision.choices,
)


class StartForm(forms.Form):
    """A new inventory."""

    name = forms.CharField(label=_("Name of the inventory"), max_length=100)
    due_on = forms.DateField(label=_("To be completed by"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def clean_due_on(self) -> Any:
        """A day to come."""
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."), code="past")
        return day


class ScheduleForm(forms.Form):
    """How often a review is due."""

    months = forms.IntegerField(
        label=_("Months between two inventories (0 for none)"),
        min_value=0,
        max_value=24,
        help_text=_("Administrators get a mail when one is due, and every week until it is begun."),
    )


class AccountFilterForm(forms.Form):
    """Narrows the accounts of a review."""

    show = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)
    q = forms.CharField(label=_("Search"), required=False, max_length=100)


class DecisionForm(forms.Form):
    """What becomes of the chosen accounts."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Decision.choices)
    comment = forms.CharField(label=_("Comment"), required=False, max_length=500)


class CompletionForm(forms.Form):
    """A last word."""

    remark = forms.CharField(
        label=_("Remark for the report"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )
