"""What the watch keeps (B1, B5): to which moments companies could be restored, and what is wrong with their backups."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Ownership, Retention, TableKind
from tenants.isolation.models import new_id


class RecoveryPoint(models.Model):
    """A verified archive, remembered for longer than its generation: the evidence of the recovery point objective.

    `gap` is how old, in seconds, the newest data that could be restored had become when this archive was verified.
    One that is found damaged later counts for nothing from then on.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("evidence of backups"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        app_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        platform_rights=frozenset({"SELECT"}),
        walled_by="tenant_id",
    )

    archive_id = models.UUIDField(primary_key=True, editable=False)
    tenant_id = models.UUIDField(editable=False)
    day = models.DateField()
    snapshot_at = models.DateTimeField()
    verified_at = models.DateTimeField()
    gap = models.BigIntegerField()
    size = models.BigIntegerField()
    seconds = models.FloatField(null=True)
    damaged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-snapshot_at"]
        indexes = [
            models.Index(fields=["tenant_id", "-snapshot_at"], name="recovery_point_newest"),
            models.Index(fields=["-gap"], name="recovery_point_worst"),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_at:%Y-%m-%d %H:%M}"


class ProblemKind(models.TextChoices):
    """What can be wrong with backups."""

    OVERDUE = "overdue", _("No verified backup of the last 25 hours")
    DAMAGED = "damaged", _("A backup is damaged")
    RUN_FAILED = "run", _("The last run of all companies failed, at least in part")
    DRILL_FAILED = "drill", _("A restore drill failed")
    DRILL_OVERDUE = "drill_due", _("A restore drill is overdue")
    SITE_BEHIND = "site", _("The second site is behind")
    DOCTOR_FAILED = "doctor", _("The backup store is not as it must be")


class BackupProblem(models.Model):
    """One problem from the look that found it to the look that found it gone. Told once, and again when it changed.

    `about` is the company concerned, or nothing where it is everybody's. `detail` says what exactly, and holds nothing
    that changes by itself.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("upkeep of backups"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="ended_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        names_tenant=("about",),
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=ProblemKind)
    about = models.UUIDField(null=True)
    detail = models.TextField(blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="backup_problem_open",
            )
        ]
        indexes = [models.Index(fields=["about"], condition=models.Q(ended_at=None), name="backup_problem_about")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
