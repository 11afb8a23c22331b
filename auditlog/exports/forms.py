"""The form of an order."""

from datetime import date

from django import forms
from django.core.validators import MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from auditlog.exports.models import ExportFormat


def _day(label: Promise) -> forms.DateField:
    validators = [MinValueValidator(date(2000, 1, 1))]
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}), validators=validators)


class ExportForm(forms.Form):
    """Which days, and as what. The rules of a period are `auditlog.exports.periods`."""

    since = _day(_("From"))
    until = _day(_("To"))
    format = forms.ChoiceField(label=_("Format"), choices=ExportFormat, widget=forms.RadioSelect)
