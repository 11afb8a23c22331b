"""Forms of the review and of measures. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.reports.models import Measure, Review

_DAY = {"type": "date"}


class ReviewForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """What was found when looking back."""

    class Meta:
        model = Review
        fields = ("held_on", "participants", "direct_cause", "root_cause", "went_well", "went_badly")
        widgets = {
            "held_on": forms.DateInput(_DAY, format="%Y-%m-%d"),
            **{name: forms.Textarea({"rows": 3}) for name in ("direct_cause", "root_cause", "went_well", "went_badly")},
        }
        help_texts = {
            "direct_cause": _("What made it happen."),
            "root_cause": _("Why that was possible, and why nobody noticed earlier."),
        }


class MeasureForm(forms.ModelForm):  # type: ignore[type-arg]
    """What somebody is to do by a day."""

    class Meta:
        model = Measure
        fields = ("kind", "text_ja", "text_en", "owner", "due_on")
        widgets = {"due_on": forms.DateInput(_DAY, format="%Y-%m-%d")}
        help_texts = {
            "text_ja": _("Customers read it in the final report."),
            "owner": _("A person or a team. Customers read it too."),
        }


class ProofForm(forms.Form):
    """How it shows that a measure was done."""

    proof = forms.CharField(label=_("How it shows"), max_length=500)


class ReasonForm(forms.Form):
    """Why a measure will not be done."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


def as_typed(form: ReviewForm | MeasureForm) -> dict[str, Any]:
    """What was typed, by field."""
    return {name: form.cleaned_data[name] for name in form.fields}
