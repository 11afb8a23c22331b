"""The form of what is recorded (G4)."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from auditlog.recording.models import RecordingPolicy

_KEEP = "keep"
_HOURS = {"0": _("Off"), "1": _("For 1 hour"), "24": _("For 1 day"), "72": _("For 3 days"), "168": _("For 7 days")}


class RecordingForm(forms.Form):
    """Screens, and for how long from now on traces. What is running stays as it is unless another time is chosen."""

    screens = forms.BooleanField(
        label=RecordingPolicy._meta.get_field("screens").verbose_name,
        required=False,
        help_text=_(
            "Who opened which page, and when they left it. Without it the log still holds what they did there."
        ),
    )
    trace_hours = forms.ChoiceField(
        label=_("Traces"),
        help_text=_(
            "Each request and each background task with its duration, to search for a fault. They end by themselves."
        ),
    )

    def __init__(self, data: Any = None, *, policy: RecordingPolicy) -> None:
        super().__init__(data, initial={"screens": policy.screens, "trace_hours": "0"})
        self._policy = policy
        choices = [(hours, str(label)) for hours, label in _HOURS.items()]
        if policy.is_tracing:
            until = {"until": date_format(timezone.localtime(policy.traced_until), "DATETIME_FORMAT")}
            choices.insert(0, (_KEEP, gettext("As it is, until %(until)s") % until))
            self.initial["trace_hours"] = _KEEP
        self.fields["trace_hours"].choices = choices  # type: ignore[attr-defined]

    def traced_until(self) -> datetime | None:
        """The end of the traces that was chosen."""
        hours = self.cleaned_data["trace_hours"]
        if hours == _KEEP:
            return self._policy.traced_until
        return timezone.now() + timedelta(hours=int(hours)) if hours != "0" else None
