"""The journal of restores: written before anything is done, closed after it, so that a dead one is found (B6)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import EVIDENCE_DAYS, READ_ONLY, Asset, Ownership, Retention, TableKind
from tenants.isolation.models import new_id


class RestoreKind(models.TextChoices):
    """What is put back, and where."""

    BESIDE = "beside", _("As a new company")
    IN_PLACE = "in_place", _("In place")
    TABLES = "tables", _("Missing rows")
    REBUILD = "rebuild", _("The whole service")


class RestoreState(models.TextChoices):
    """How far it is. From `loaded` on the rows are committed, and only what follows them may be missing."""

    RUNNING = "running", _("Running")
    LOADED = "loaded", _("Loaded")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Restore(models.Model):
    """One restore. `tenant_id` is whose archive it is, `target_tenant_id` who gets it; a rebuild is the provider's.

    `safety_archive_id` names the archive of what was there before a restore in place. `report` is what a rebuild found
    and how long each step took, in seconds.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("journal of restores"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="started_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        names_tenant=("tenant_id", "target_tenant_id"),
        app_rights=READ_ONLY,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        walled_by="tenant_id",
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=RestoreKind)
    state = models.CharField(_("state"), max_length=10, choices=RestoreState, default=RestoreState.RUNNING)
    archive_id = models.UUIDField(null=True, editable=False)
    tenant_id = models.UUIDField(editable=False)
    target_tenant_id = models.UUIDField(editable=False)
    safety_archive_id = models.UUIDField(null=True, editable=False)
    snapshot_at = models.DateTimeField(_("as of"))
    actor_name = models.CharField(max_length=150)
    started_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)
    rows = models.BigIntegerField(_("rows"), default=0)
    objects_count = models.BigIntegerField(_("files"), default=0)
    seconds = models.FloatField(_("time taken"), null=True)
    error = models.TextField(_("cause"), blank=True)
    report = models.JSONField(default=dict)

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("restore")
        verbose_name_plural = _("restores")
        indexes = [models.Index(fields=["tenant_id", "-started_at"], name="recovery_restore_tenant")]

    def __str__(self) -> str:
        return str(self.id)
