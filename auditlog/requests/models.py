"""Requests as they were answered (G6)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_noop

from tenants.isolation.assets import APPEND_ONLY, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.definers import declare_definer
from tenants.isolation.models import new_id
from tenants.isolation.roles import PLATFORM

KEPT_DAYS = 30

declare_definer(
    "requests_turn_partitions(date)", executors={PLATFORM}, purpose="makes and drops the days of the request log"
)


class RequestEntry(models.Model):
    """One request. The table is made in SQL, by day, because Django knows no partitions.

    `route` is the pattern of the address, never the address itself: that may hold a secret or the name of a thing.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("request log"),
        ownership=Ownership.PROVIDER,
        retention=Retention.for_days(KEPT_DAYS, counted_from="at", expired_by="auditlog.requests.storing.expire"),
        archived=False,
        left_out="kept for 30 days; a backup would keep it for longer",
        returned=False,
        erasure=Erasure.PARTITION,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=APPEND_ONLY,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    # Empty where nobody was logged in.
    tenant_id = models.UUIDField(null=True, blank=True)
    user_id = models.CharField(max_length=150, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    method = models.CharField(max_length=8)
    route = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    duration_ms = models.FloatField()
    error = models.CharField(max_length=100, blank=True)
    request_id = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"
