"""Incidents that go on, or that still owe something, on the operators' start page (N3, N9)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.attention import MOST, Need, Source, register_needs
from incidents import queries


def _needs() -> Iterator[Need]:
    for incident in queries.open_incidents()[:MOST]:
        title = f"{incident.number} {incident.title} ({incident.get_status_display()})"
        yield Need(title, reverse("operator:incident", args=[incident.number]), incident.round_began_at)


register_needs(Source("incidents", _("Incident"), "operator.incidents", "alert-triangle", _needs))
