"""A field of forms for a moment."""

from typing import Any

from django import forms


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A moment in the zone of the person who types, to the minute."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)
