"""What operators ask of deadlines, and what they enter for the calendar."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from incidents.clock.editions import DayOff
from incidents.clock.kinds import CHOICES
from incidents.clock.models import CalendarEdition
from tenants.isolation.directory import normalize_code

_SHOWN = [
    ("open", pgettext_lazy("deadlines", "Open")),
    ("missed", _("Missed")),
    ("met", _("Met")),
    ("withdrawn", _("Withdrawn")),
    ("all", _("All")),
]
_CLOCK = {"type": "time"}


class DeadlineFilterForm(forms.Form):
    """Deadlines in a state, of a kind, of a company."""

    show = forms.ChoiceField(label=_("State"), choices=_SHOWN, required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("deadline", "Promise"), choices=[("", _("All")), *CHOICES],
                             required=False)  # fmt: skip
    company = forms.CharField(label=_("Company code"), max_length=20, required=False)

    def clean_company(self) -> str:
        """The code as it is kept."""
        return normalize_code(self.cleaned_data["company"])


class EditionForm(forms.Form):
    """A new edition of the calendar."""

    days_off = forms.CharField(
        label=_("The provider's own days off"),
        required=False,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "placeholder": "2026-08-13 夏季休業"}),
        help_text=_("One a line: the day as 2026-08-13, then what it is called. Japan's holidays are closed already."),
    )
    year_end = forms.BooleanField(label=_("Closed from 29 December to 3 January"), required=False)
    opens = forms.TimeField(label=_("Opens (Japan time)"), widget=forms.TimeInput(_CLOCK, format="%H:%M"))
    closes = forms.TimeField(label=_("Closes (Japan time)"), widget=forms.TimeInput(_CLOCK, format="%H:%M"))
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Why the calendar changes. It stays on record.")
    )

    @classmethod
    def after(cls, data: Any, edition: CalendarEdition) -> "EditionForm":
        """The form with what holds now."""
        lines = "\n".join(f"{each['day']} {each['note']}".strip() for each in edition.days_off)
        initial = {
            "days_off": lines,
            "year_end": edition.year_end,
            "opens": edition.opens,
            "closes": edition.closes,
        }
        return cls(data, initial=initial)

    def clean_days_off(self) -> list[DayOff]:
        """The lines as days."""
        found = []
        for number, line in enumerate(self.cleaned_data["days_off"].splitlines(), start=1):
            if not line.strip():
                continue
            day, _blank, note = line.strip().partition(" ")
            try:
                found.append(DayOff(date.fromisoformat(day), note.strip()[:100]))
            except ValueError as error:
                text = gettext("Line %(number)d does not begin with a day such as 2026-08-13.")
                raise forms.ValidationError(text % {"number": number}) from error
        return found
