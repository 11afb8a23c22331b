"""Forms of alerts. They clean what was typed; the rules are in the services."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.alerts.promoting import Opening
from incidents.alerts.queries import Rule
from incidents.alerts.registry import Unit
from incidents.alerts.services import MOST_MINUTES, Wanted
from incidents.severity import EXPLANATIONS, Severity


def _severities() -> list[tuple[str, str]]:
    return [(level.value, f"{level.label}: {EXPLANATIONS[level]}") for level in Severity]


class AcknowledgeForm(forms.Form):
    """Who sees to an alert says so."""

    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, help_text=_("What you know already, or what you will do.")
    )


class IncidentForm(forms.Form):
    """How grave it is, and what customers are told first."""

    severity = forms.ChoiceField(label=_("Severity"), choices=_severities)
    title_ja = forms.CharField(label=_("Title (Japanese)"), max_length=120, help_text=_("Customers read it."))
    title_en = forms.CharField(label=_("Title (English)"), max_length=120, required=False)

    def opening(self) -> Opening:
        """What was typed, as the service takes it."""
        return Opening(**self.cleaned_data)


class ThresholdForm(forms.Form):
    """From which figures on a measure is bad, who is told, and why that is changed."""

    enabled = forms.BooleanField(label=_("In use"), required=False)
    warning = forms.FloatField(label=_("Warning"), required=False)
    critical = forms.FloatField(label=pgettext_lazy("alert", "Critical"), required=False)
    for_minutes = forms.IntegerField(
        label=_("For minutes"),
        min_value=0,
        max_value=MOST_MINUTES,
        help_text=_("An alert begins when the figure has been that bad for so many minutes without a break."),
    )
    margin = forms.FloatField(
        label=_("Margin"),
        min_value=0,
        help_text=_("It ends when the figure has stayed better than the warning by this much."),
    )
    told = forms.BooleanField(label=_("Tell operators by mail and chat"), required=False)
    opens_incident = forms.BooleanField(
        label=_("A critical alert opens an incident"),
        required=False,
        help_text=_("At once, as moderate and not public, with a drafted first notice. A person judges it then."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}), help_text=_("It stays on record.")
    )

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measure, limits = rule.measure, asdict(rule.limits)
        limits.pop("below")
        self.initial = {
            **limits,
            "enabled": rule.enabled,
            "told": rule.told,
            "opens_incident": rule.opens_incident,
        }
        unit = "" if measure.unit is Unit.COUNT else f" ({measure.unit.label})"
        for name in ("warning", "critical", "margin"):
            self.fields[name].label = f"{self.fields[name].label}{unit}"
        for name in ("warning", "critical"):
            default = measure.shown(getattr(measure.limits, name))
            self.fields[name].help_text = _("%(default)s by default") % {"default": default}
        if measure.told_elsewhere:
            self.fields["told"].help_text = _("Told already: %(who)s") % {"who": measure.told_elsewhere}

    def wanted(self) -> Wanted:
        """What was typed, as the service takes it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return Wanted(**typed)
