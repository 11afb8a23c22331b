"""Runs of all companies, and the catalogue of platform archives (B1, B2, B4)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backups.layout import PLATFORM_ID, ArchivePlace
from backups.models import State as ArchiveState
from tenants.isolation.assets import (
    ALL_RIGHTS,
    EVIDENCE_DAYS,
    NO_RIGHTS,
    Asset,
    Erasure,
    Ownership,
    Retention,
    TableKind,
)
from tenants.isolation.models import new_id


class RunKind(models.TextChoices):
    """Who asked for a run."""

    SCHEDULED = "scheduled", _("Nightly")
    COMMAND = "command", _("By hand")


class RunState(models.TextChoices):
    """Where a run stands. One that died is `running` until the next one goes on with it or closes it."""

    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed, at least in part")


class Run(models.Model):
    """One backup of all companies. `failed` counts those of which no sound archive came about; `size` is in bytes."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("runs of backups"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="started_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("begun by"), max_length=10, choices=RunKind)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("ended"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.RUNNING)
    snapshot_at = models.DateTimeField(_("as of"), null=True)
    companies = models.IntegerField(_("companies"), default=0)
    failed = models.IntegerField(_("failed"), default=0)
    rows = models.BigIntegerField(_("rows"), default=0)
    objects_count = models.BigIntegerField(_("files"), default=0)
    size = models.BigIntegerField(_("size"), default=0)
    error = models.TextField(_("cause"), blank=True)
    platform_archive = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("backup run")
        verbose_name_plural = _("backup runs")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


class PlatformArchive(models.Model):
    """One archive of what belongs to no company; `running` until its manifest is in the store."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("catalogue of backups"),
        ownership=Ownership.PROVIDER,
        retention=Retention.while_in_use(),
        archived=False,
        left_out="filled again from a listing of the backup store",
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=ALL_RIGHTS,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=ArchiveState, default=ArchiveState.RUNNING)
    snapshot_at = models.DateTimeField(_("as of"), null=True)
    verified_at = models.DateTimeField(_("verified"), null=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    row_count = models.BigIntegerField(_("rows"), default=0)
    archive_count = models.BigIntegerField(_("archives"), default=0)
    size = models.BigIntegerField(_("size"), default=0)
    error = models.TextField(_("cause"), blank=True)
    copied_at = models.DateTimeField(_("copied to the second site"), null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("platform archive")
        verbose_name_plural = _("platform archives")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def place(self) -> ArchivePlace:
        """Where it lies in the backup store."""
        return ArchivePlace(PLATFORM_ID, self.id)
