"""What companies used: by the hour for 90 days, by the day for as long as the contract lasts (T9)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_noop

from tenants.isolation.assets import APPEND_ONLY, READ_ONLY, Asset, Ownership, Retention, TableKind
from tenants.isolation.definers import declare_definer
from tenants.isolation.models import new_id
from tenants.isolation.roles import PLATFORM

HOURS_KEPT_DAYS = 90

declare_definer(
    "usage_documents()",
    executors={PLATFORM},
    purpose="how many documents and bytes each company has now, for the figures of usage",
)


class Figures(models.Model):
    """What is counted. Stock is as of the end, and unknown (None) for hours that nobody counted in time.

    Bytes of backups are those of the archives that are there. Times are in milliseconds, unknown without a request.
    """

    users_active = models.PositiveIntegerField(null=True)
    users_suspended = models.PositiveIntegerField(null=True)
    documents = models.PositiveBigIntegerField(null=True)
    storage = models.PositiveBigIntegerField(null=True)
    backups = models.PositiveBigIntegerField(null=True)
    requests = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    median_ms = models.FloatField(null=True)
    p95_ms = models.FloatField(null=True)
    events = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


def _asset(retention: Retention) -> Asset:
    return Asset(
        data_class=gettext_noop("usage figures"),
        ownership=Ownership.DERIVED,
        retention=retention,
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        app_rights=READ_ONLY,
        platform_rights=APPEND_ONLY,
        walled_by="tenant_id",
    )


class UsageHour(Figures):
    """One hour of a company, which begins at `hour`."""

    asset: ClassVar[Asset] = _asset(Retention.for_days(HOURS_KEPT_DAYS, counted_from="hour"))

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    hour = models.DateTimeField()

    class Meta:
        ordering = ["hour"]
        constraints = [models.UniqueConstraint(fields=["tenant_id", "hour"], name="usage_hour_once")]
        indexes = [models.Index(fields=["hour"], name="usage_hour_of_all")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:%M}"


class UsageDay(Figures):
    """One day of a company, as its own time zone has it (T10). Stock is that of the last hour that knew it."""

    asset: ClassVar[Asset] = _asset(Retention.with_contract())

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    day = models.DateField()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["tenant_id", "day"], name="usage_day_once")]
        indexes = [models.Index(fields=["day"], name="usage_day_of_all")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
