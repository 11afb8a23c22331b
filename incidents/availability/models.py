"""Availability of months that are over: written once, never changed (N8)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop

from incidents.availability.arithmetic import percentage
from incidents.components import BY_CODE
from tenants.isolation.assets import (
    APPEND_ONLY,
    EVIDENCE_DAYS,
    NO_RIGHTS,
    Asset,
    Erasure,
    Ownership,
    Retention,
    TableKind,
)
from tenants.isolation.models import new_id


class AvailabilityMonth(models.Model):
    """One component in one Japanese month, in seconds; `month` is its first day, `shortest` the rule for short stops.

    `evidence` lists outages, those left out, and the planned stops, each as `[since, until]`. A month that is not over
    has the same figures, and no row. The database lets nobody change one.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("availability of past months"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="frozen_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=APPEND_ONLY,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    month = models.DateField()
    component = models.CharField(max_length=20)
    period = models.FloatField()
    excluded = models.FloatField()
    unknown = models.FloatField()
    degraded = models.FloatField()
    down = models.FloatField()
    outages = models.PositiveIntegerField()
    shortest = models.FloatField(default=0)
    decimals = models.PositiveSmallIntegerField(default=3)
    evidence: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    frozen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-month", "component"]
        constraints = [models.UniqueConstraint(fields=["month", "component"], name="availability_month_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.component}"

    @property
    def label(self) -> str:
        """The component as people know it."""
        return str(BY_CODE[self.component].label) if self.component in BY_CODE else self.component

    @property
    def planned(self) -> float:
        """The seconds in which the service should have worked."""
        return self.period - self.excluded

    @property
    def percent(self) -> Decimal | None:
        """Availability of what is known, cut off; None where nothing is."""
        return self._percentage(self.down, self.planned - self.unknown)

    @property
    def least(self) -> Decimal | None:
        """What it was at least, if all that is unknown had been a stop."""
        return self._percentage(self.down + self.unknown, self.planned)

    def _percentage(self, down: float, whole: float) -> Decimal | None:
        return percentage(timedelta(seconds=down), timedelta(seconds=whole), self.decimals)
