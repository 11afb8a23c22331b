"""Forms of restores. They clean what was typed; the rules are in the services."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.models import Archive

_PLAIN = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class SearchForm(forms.Form):
    """Which of the deleted files."""

    q = forms.CharField(
        label=_("Name or path"), max_length=200, required=False, widget=forms.TextInput({"type": "search"})
    )


class CompanyForm(forms.Form):
    """The whole company, as of which generation, under which code, and why."""

    generation = forms.ChoiceField(label=_("Backup as of"))
    company_code = forms.CharField(
        label=_("New company code"), max_length=20, widget=forms.TextInput(_PLAIN),
        help_text=_("Everybody logs in to the restored company with this code, and with the password of that time."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What you need it for, and until when."),
    )

    def __init__(self, *args: Any, generations: Iterable[Archive], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["generation"]
        chosen.choices = [(str(one.id), _moment(one)) for one in generations]


class DecisionForm(forms.Form):
    """A word on an approval."""

    word = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.TextInput(_PLAIN))


class RefusalForm(forms.Form):
    """Why not."""

    word = forms.CharField(label=_("Reason"), max_length=500, widget=forms.TextInput(_PLAIN))


def keys_in(values: Iterable[str]) -> list[UUID]:
    """Those of the texts that are ids."""
    found = []
    for value in values:
        with suppress(ValueError):
            found.append(UUID(value))
    return found


def _moment(archive: Archive) -> str:
    made = timezone.localtime(archive.snapshot_at or archive.created_at)
    return f"{made:%Y-%m-%d %H:%M} {made.tzname()}"
