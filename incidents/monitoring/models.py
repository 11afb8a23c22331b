"""What probes saw, as it was seen (N8, N9)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_noop

from incidents.monitoring.catalogue import BY_CODE, INSIDE, ProbeState, place_name
from tenants.isolation.assets import NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.definers import declare_definer
from tenants.isolation.models import new_id
from tenants.isolation.roles import APP, PLATFORM

# A whole year and the month in which it is looked back upon. Months that are over are kept apart, for longer.
KEPT_DAYS = 400

declare_definer("applied_migrations()", executors={APP, PLATFORM}, purpose="which migrations the database has had")


class ProbeInterval(models.Model):
    """Looks that followed one another and saw the same: one row as long as nothing changes (N8).

    `since` and `until` are the first and the last look, `value` what the last one measured in the unit of its probe.
    What held between two intervals is for `incidents.monitoring.spans` to say.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("results of probes"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(KEPT_DAYS, counted_from="until"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    probe = models.CharField(max_length=30)
    place = models.CharField(max_length=40, default=INSIDE)
    state = models.CharField(max_length=10, choices=ProbeState)
    since = models.DateTimeField()
    until = models.DateTimeField()
    samples = models.PositiveIntegerField(default=1)
    value = models.FloatField(null=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-until"]
        constraints = [models.UniqueConstraint(fields=["place", "probe", "since"], name="monitoring_series")]
        indexes = [models.Index(fields=["until"], name="monitoring_until")]

    def __str__(self) -> str:
        return f"{self.place} {self.probe} {self.state}"

    @property
    def label(self) -> str:
        """What was looked at, for people."""
        return str(BY_CODE[self.probe].label) if self.probe in BY_CODE else self.probe

    @property
    def where(self) -> str:
        """From where, for people."""
        return place_name(self.place)
