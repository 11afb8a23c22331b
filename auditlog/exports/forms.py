"""The form of an order."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from auditlog.exports.models import ExportFormat

_DAY: dict[str, Any] = {
    "widget": forms.DateInput({"type": "date"}),
    "validators": [MinValueValidator(date(2000, 1, 1))],
}


class ExportForm(forms.Form):
    """Which days, and as what. The rules of a period are `auditlog.exports.periods`."""

    since = forms.DateField(label=_("From"), **_DAY)
    until = forms.DateField(label=_("To"), **_DAY)
    format = forms.ChoiceField(label=_("Format"), choices=ExportFormat, widget=forms.RadioSelect)
