"""Forms of incidents. They clean what was typed; the rules are in the services."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents import components, promises
from incidents.models import GOING_ON, IncidentReport, ReportKind, Status
from incidents.publishing import FIELDS
from incidents.severity import EXPLANATIONS, Severity
from tenants.isolation.directory import normalize_code
from tenants.queries import all_tenants

_AREA = {"rows": 3}


class MomentField(forms.DateTimeField):
    """A day and a time in the reader's zone."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)


class CompaniesField(forms.CharField):
    """Company codes, one a line or with commas, as the keys of the companies; empty for every company."""

    def __init__(self, **options: Any) -> None:
        hint = _("Company codes, one on each line. Leave it empty when every company is affected.")
        super().__init__(
            label=_("Affected companies"),
            required=False,
            max_length=20_000,
            help_text=hint,
            widget=forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
            **options,
        )

    def clean(self, value: Any) -> list[UUID] | None:
        """The keys, or None for every company. Raises ValidationError for a code that nobody has."""
        typed = [normalize_code(code) for code in super().clean(value).replace(",", "\n").splitlines() if code.strip()]
        if not typed:
            return None
        known = {tenant.company_code: tenant.id for tenant in all_tenants() if not tenant.is_provider}
        if unknown := sorted(set(typed) - set(known)):
            raise forms.ValidationError(now_("No company has this code: %(codes)s.") % {"codes": ", ".join(unknown)})
        return [known[code] for code in dict.fromkeys(typed)]


def _severities() -> list[tuple[str, str]]:
    return [(level.value, f"{level.label}: {EXPLANATIONS[level]}") for level in Severity]


class DetailsForm(forms.Form):
    """What is known of an incident."""

    title_ja = forms.CharField(label=_("Title (Japanese)"), max_length=120)
    title_en = forms.CharField(label=_("Title (English)"), max_length=120, required=False)
    components = forms.MultipleChoiceField(
        label=_("Components"), choices=components.CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )
    detected_at = MomentField(
        label=pgettext_lazy("incident", "Detected"), help_text=_("Every promise counts from here.")
    )
    began_at = MomentField(label=pgettext_lazy("incident", "Began"), required=False)
    personal_data = forms.BooleanField(label=_("Personal data may have leaked"), required=False)
    malicious = forms.BooleanField(label=_("By a malicious act"), required=False)
    public = forms.BooleanField(label=_("Show it on the public status page"), required=False)


class OpenForm(DetailsForm):
    """A new incident."""

    severity = forms.ChoiceField(
        label=pgettext_lazy("incident", "Severity"), choices=_severities, widget=forms.RadioSelect
    )
    tenants = CompaniesField()
    public = None  # type: ignore[assignment]  # follows from the severity and the companies
    field_order = ("severity", "title_ja", "title_en", "components", "detected_at", "began_at", "tenants")


class CompaniesForm(forms.Form):
    """Who is affected."""

    tenants = CompaniesField()


class ImpactForm(forms.Form):
    """What it means to one company."""

    impact_ja = forms.CharField(
        label=_("What it means to the company (Japanese)"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(_AREA),
    )
    impact_en = forms.CharField(
        label=_("What it means to the company (English)"), max_length=2000, required=False, widget=forms.Textarea(_AREA)
    )


class NoteForm(forms.Form):
    """A line for the internal log."""

    text = forms.CharField(label=_("Note"), max_length=4000, widget=forms.Textarea(_AREA))
    at = MomentField(label=_("When it happened"), required=False, help_text=_("Left empty: now."))


class StatusForm(forms.Form):
    """How far it is."""

    status = forms.ChoiceField(
        label=pgettext_lazy("incident", "Status"),
        choices=[(one.value, one.label) for one in (*GOING_ON, Status.RESOLVED)],
    )
    at = MomentField(label=_("Since"), required=False, help_text=_("Left empty: now."))
    text = forms.CharField(label=_("Note"), max_length=4000, required=False, widget=forms.Textarea(_AREA))


class SeverityForm(forms.Form):
    """A new judgement."""

    severity = forms.ChoiceField(
        label=pgettext_lazy("incident", "Severity"), choices=_severities, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class CommanderForm(forms.Form):
    """Who leads."""

    commander = forms.ChoiceField(label=_("Commander"))

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["commander"].choices = people  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    """Which report comes next."""

    kind = forms.ChoiceField(label=_("Report"), choices=ReportKind)


class AuthorityForm(forms.Form):
    """That the authority was told."""

    step = forms.ChoiceField(
        label=_("Report to the Personal Information Protection Commission"),
        choices=[(promises.PPC_PRELIMINARY, _("Preliminary report")), (promises.PPC_FINAL, _("Final report"))],
    )
    at = MomentField(label=_("Reported"))


class MergeForm(forms.Form):
    """Of which incident it is a part."""

    into = forms.CharField(label=_("Number of the other incident"), max_length=20)


class ReopenForm(forms.Form):
    """Why it is not over."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class SettingsForm(forms.Form):
    """What the clock does by itself."""

    publish_by_clock = forms.BooleanField(
        label=_("Publish a neutral first notice when nobody does"),
        required=False,
        help_text=_("It names the components and nothing that a person has written."),
    )
    minutes_before = forms.IntegerField(label=_("Minutes before the deadline"), min_value=1, max_value=90)


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of a report, in both languages."""

    began_at = MomentField(label=pgettext_lazy("incident", "Began"), required=False)
    detected_at = MomentField(label=pgettext_lazy("incident", "Detected"), required=False)
    recovered_at = MomentField(label=pgettext_lazy("incident", "Recovered at"), required=False)
    next_update_at = MomentField(
        label=_("Next report"), required=False, help_text=_("Promised to everybody who reads this one.")
    )

    class Meta:
        model = IncidentReport
        fields = FIELDS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 5 if name.startswith(("summary", "course")) else 3
