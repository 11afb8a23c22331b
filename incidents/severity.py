"""How grave an incident is, and what each level demands of the provider (N1, N2, N3): in one table."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Severity(models.TextChoices):
    """Gravest first. The code is kept in records: it never changes its meaning."""

    CRITICAL = "critical", pgettext_lazy("severity", "Critical")
    SERIOUS = "serious", pgettext_lazy("severity", "Serious")
    MODERATE = "moderate", _("Moderate")
    MINOR = "minor", _("Minor")


EXPLANATIONS = {
    Severity.CRITICAL: _("The service stands still, or data is lost or in wrong hands"),
    Severity.SERIOUS: _("Many cannot work, or something important does not work for some"),
    Severity.MODERATE: _("Some are hindered, and there is a way round"),
    Severity.MINOR: _("Hardly anybody notices"),
}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a level demands. Deadlines are those of the promise clock (`incidents.clock`).

    `first_notice`: on the notice page within 2 hours of detection (N1). `tenants_told`: every affected company by the
    close of the next business day (N2). `updates` is the longest time from one report to the next. `public`: it stands
    on the status page, whoever is affected. `urgent`: as a banner on every page of the affected companies.
    """

    first_notice: bool
    tenants_told: bool
    updates: timedelta | None
    final_report: bool
    review: bool
    public: bool
    urgent: bool


DEMANDS = {
    Severity.CRITICAL: Demand(
        first_notice=True,
        tenants_told=True,
        updates=timedelta(minutes=30),
        final_report=True,
        review=True,
        public=True,
        urgent=True,
    ),
    Severity.SERIOUS: Demand(
        first_notice=True,
        tenants_told=True,
        updates=timedelta(hours=1),
        final_report=True,
        review=True,
        public=True,
        urgent=True,
    ),
    Severity.MODERATE: Demand(
        first_notice=False,
        tenants_told=True,
        updates=timedelta(hours=4),
        final_report=False,
        review=False,
        public=False,
        urgent=False,
    ),
    Severity.MINOR: Demand(
        first_notice=False,
        tenants_told=False,
        updates=None,
        final_report=False,
        review=False,
        public=False,
        urgent=False,
    ),
}
