"""Forms of maintenance. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.components import CHOICES
from incidents.maintenance.models import IMPACT_LENGTH, REASON_LENGTH, TITLE_LENGTH, Maintenance
from incidents.maintenance.plan import Plan
from incidents.notices.fields import moment_field


def _line(label: Any, length: int, language: str, *, required: bool = True, **options: Any) -> forms.CharField:
    widget = forms.TextInput({"lang": language})
    return forms.CharField(label=label, max_length=length, required=required, widget=widget, **options)


def _lines(label: Any, length: int, language: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea({"rows": 4, "lang": language}))


class PlanForm(forms.Form):
    """What is planned."""

    title_ja = _line(_("Title in Japanese"), TITLE_LENGTH, "ja")
    title_en = _line(_("Title in English"), TITLE_LENGTH, "en")
    components = forms.MultipleChoiceField(
        label=_("What is concerned"), choices=CHOICES, widget=forms.CheckboxSelectMultiple
    )
    impact_ja = _lines(_("Impact in Japanese"), IMPACT_LENGTH, "ja")
    impact_en = _lines(_("Impact in English"), IMPACT_LENGTH, "en")
    begins_at = moment_field(_("Begins"))
    ends_at = moment_field(_("Ends"))
    short_notice_ja = _line(
        _("Reason for short notice, in Japanese"),
        REASON_LENGTH,
        "ja",
        required=False,
        help_text=_("Needed when less than five whole business days are left. Companies read it."),
    )
    short_notice_en = _line(_("Reason for short notice, in English"), REASON_LENGTH, "en", required=False)

    def plan(self) -> Plan:
        """What was typed, as the services take it."""
        return Plan(**self.cleaned_data)

    @classmethod
    def initial_of(cls, maintenance: Maintenance) -> dict[str, Any]:
        """Maintenance whose plan is to be changed."""
        return {name: getattr(maintenance, name) for name in cls.base_fields}


class ReasonForm(forms.Form):
    """Why, as companies read it."""

    reason_ja = _line(_("Reason in Japanese"), REASON_LENGTH, "ja")
    reason_en = _line(_("Reason in English"), REASON_LENGTH, "en")

    def reason(self) -> tuple[str, str]:
        """In Japanese and in English."""
        return self.cleaned_data["reason_ja"], self.cleaned_data["reason_en"]


class ProlongForm(ReasonForm):
    """Until when it takes, and why."""

    ends_at = moment_field(_("New end"))
    field_order = ("ends_at", "reason_ja", "reason_en")
