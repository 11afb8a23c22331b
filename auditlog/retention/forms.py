"""The form of a company's retention class (G5)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auditlog.models import RetentionClass


class ClassForm(forms.Form):
    """The class to keep a company's log in, and why."""

    retention_class = forms.ChoiceField(label=_("Kept for"), choices=RetentionClass.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For example the contract in which it was agreed. It stands in the company's log and in ours."),
    )

    def __init__(self, data: Any = None, *, current: RetentionClass) -> None:
        super().__init__(data, initial={"retention_class": current})

    def chosen(self) -> RetentionClass:
        """The class that was chosen."""
        return RetentionClass(self.cleaned_data["retention_class"])
