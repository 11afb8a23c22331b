"""Reads of reviews and measures, as the platform role (N3, N5)."""

from datetime import date
from uuid import UUID

from incidents.models import Incident
from incidents.reports.models import Measure, Review
from tenants.isolation.transactions import platform_transaction


def review_of(incident: Incident) -> Review | None:
    """What was written in the review, if it was begun."""
    with platform_transaction():
        return Review.objects.filter(incident=incident).first()


def measures_of(incident: Incident) -> list[Measure]:
    """Every measure, dropped ones too, by the day on which they are due."""
    with platform_transaction():
        return list(Measure.objects.filter(incident=incident).select_related("incident"))


def find_measure(incident: Incident, measure_id: UUID) -> Measure | None:
    """One measure of the incident."""
    with platform_transaction():
        return Measure.objects.filter(incident=incident, id=measure_id).select_related("incident").first()


def open_measures(until: date, most: int) -> list[Measure]:
    """Of all incidents, those that are due until a day and not done; at most so many."""
    with platform_transaction():
        found = Measure.objects.filter(done_at=None, dropped_at=None, due_on__lte=until)
        return list(found.select_related("incident")[:most])
