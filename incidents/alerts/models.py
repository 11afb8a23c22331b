"""Thresholds, readings and alerts: the provider's own (N9, P4)."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from incidents.alerts.judging import Level, Standing
from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import new_id

SAMPLE_DAYS = 8

_WORK = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})


class AlertLevel(models.TextChoices):
    """How bad an alert is: the worst that it has been."""

    UNKNOWN = Level.UNKNOWN.value, _("Cannot be measured")
    WARNING = Level.WARNING.value, _("Warning")
    CRITICAL = Level.CRITICAL.value, pgettext_lazy("alert", "Critical")


class EndReason(models.TextChoices):
    """Why an alert ended."""

    CALM = "calm", _("The figure is in order again")
    GONE = "gone", _("It is no longer measured")
    SWITCHED_OFF = "off", _("Its threshold was switched off")


class Threshold(models.Model):
    """What the provider has set for a measure in place of what the measure brings along."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("settings of alerts"),
        ownership=Ownership.PROVIDER,
        retention=Retention.while_in_use(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    measure = models.CharField(max_length=40, primary_key=True)
    enabled = models.BooleanField(default=True)
    warning = models.FloatField(null=True)
    critical = models.FloatField(null=True)
    for_minutes = models.PositiveSmallIntegerField(default=0)
    margin = models.FloatField(default=0)
    told = models.BooleanField(default=True)
    opens_incident = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by_name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.measure


class Watched(models.Model):
    """How one subject of a measure stands: the newest reading, and since when it has been what it is."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("readings of measures"),
        ownership=Ownership.PROVIDER,
        retention=Retention.while_in_use(),
        archived=False,
        left_out="read anew every minute",
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=_WORK,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    measure = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, blank=True)
    value = models.FloatField(null=True)
    known = models.BooleanField(default=True)
    at = models.DateTimeField(null=True)
    warning_since = models.DateTimeField(null=True)
    critical_since = models.DateTimeField(null=True)
    unknown_since = models.DateTimeField(null=True)
    calm_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["measure", "subject"]
        constraints = [models.UniqueConstraint(fields=["measure", "subject"], name="alerts_watched_once")]

    def __str__(self) -> str:
        return f"{self.measure} {self.subject}".strip()

    @property
    def standing(self) -> Standing:
        """As the rules take it."""
        return Standing(self.at, self.warning_since, self.critical_since, self.unknown_since, self.calm_since)

    def take(self, standing: Standing) -> None:
        """Set what the rules say."""
        self.at, self.calm_since = standing.at, standing.calm_since
        self.warning_since, self.critical_since = standing.warning_since, standing.critical_since
        self.unknown_since = standing.unknown_since


class Sample(models.Model):
    """One figure of one minute, for charts. No row for a minute without one: a gap stays a gap."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("readings of measures"),
        ownership=Ownership.PROVIDER,
        retention=Retention.for_days(SAMPLE_DAYS, counted_from="at", expired_by="incidents.alerts.sampling.expire"),
        archived=False,
        left_out="figures of the last days; alerts keep their worst one",
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "DELETE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    measure = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    value = models.FloatField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["measure", "subject", "at"], name="alerts_sample_once")]
        indexes = [models.Index(fields=["at"], name="alerts_sample_at")]

    def __str__(self) -> str:
        return f"{self.measure} {self.subject} {self.at:%Y-%m-%d %H:%M}"


class Alert(models.Model):
    """A figure that is not in order, from the minute at which that was certain until it is in order for good.

    `level` and `worst` are the worst that it has been. `limits` are the thresholds at its beginning, `steps` what
    became of it, each with its time. One that comes back soon after its end goes on: `returns` counts how often.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("alerts"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="closed_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    measure = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=10, choices=AlertLevel)
    opened_at = models.DateTimeField()
    worst = models.FloatField(null=True)
    worst_at = models.DateTimeField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_id = models.UUIDField(null=True)
    acknowledged_by_name = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=500, blank=True)
    incident_id = models.UUIDField(null=True)
    incident_number = models.CharField(max_length=20, blank=True)
    limits: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    steps: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "subject"], condition=models.Q(closed_at=None), name="alerts_alert_open"
            )
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="alerts_alert_newest"),
            models.Index(fields=["measure", "subject", "closed_at"], name="alerts_alert_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.subject}".strip()
