"""The catalogue of tenant archives (B2, B5). The archives themselves are in the backup store and describe themselves:
this table can be filled again from a listing of the store (`backups.layout`, `backups.manifest`).
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backups.layout import ArchivePlace
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.models import TenantModel


class State(models.TextChoices):
    """Where an archive stands. Only one that is not `running` is an archive."""

    RUNNING = "running", _("Running")
    COMPLETE = "complete", _("Not yet verified")
    VERIFIED = "verified", _("Verified")
    DAMAGED = "damaged", _("Damaged")


class Archive(TenantModel):
    """One generation: everything of the tenant at `snapshot_at`. `size` is in bytes as stored, objects included."""

    asset = Asset(
        data_class=gettext_noop("catalogue of backups"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        left_out="filled again from a listing of the backup store",
        returned=False,
        platform_rights=frozenset({"SELECT"}),
    )

    created_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    snapshot_at = models.DateTimeField(_("as of"), null=True)
    verified_at = models.DateTimeField(_("verified"), null=True)
    format_version = models.PositiveSmallIntegerField()
    prefix = models.CharField(max_length=200)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    row_count = models.BigIntegerField(_("rows"), default=0)
    object_count = models.BigIntegerField(_("files"), default=0)
    size = models.BigIntegerField(_("size"), default=0)
    error = models.TextField(_("cause"), blank=True)
    # The run of all companies, in one moment of the database, that it was made in; none when it was made alone.
    run_id = models.UUIDField(null=True, editable=False)
    seconds = models.FloatField(_("time taken"), null=True)
    copied_at = models.DateTimeField(_("copied to the second site"), null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at", "-id"]
        verbose_name = _("tenant archive")
        verbose_name_plural = _("tenant archives")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def place(self) -> ArchivePlace:
        """Where the archive lies in the backup store."""
        return ArchivePlace(self.tenant_id, self.id)
