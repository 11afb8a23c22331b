"""What goes on with the partitions, and the change of a company's class that is being carried out (G5)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from auditlog.models import RetentionClass
from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import TenantModel, new_id


class ProblemKind(models.TextChoices):
    """What can be wrong with the partitions of a class."""

    MISSING = "missing", _("Partitions are missing")
    OVERDUE = "overdue", _("Expired partitions are still there")
    REFUSED = "refused", _("More is due than can be: check the clock")


class Problem(models.Model):
    """One problem from the run that found it to the run that found it gone. Told once, to every operator."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("upkeep of the audit log"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="ended_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=ProblemKind)
    retention_class = models.CharField(max_length=8, choices=RetentionClass)
    # Names of partitions that are overdue, or days that have none.
    places = models.JSONField(default=list)
    began_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "retention_class"],
                condition=models.Q(ended_at=None),
                name="audit_retention_problem_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_retention_class_display()})"


class Relocation(TenantModel):
    """The way of a company's earlier events to its new class; the newest one only, the audit log knows the others."""

    asset = Asset(
        data_class=gettext_noop("recording policy"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        app_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        platform_rights=frozenset({"SELECT", "UPDATE"}),
    )

    from_class = models.CharField(max_length=8, choices=RetentionClass)
    to_class = models.CharField(max_length=8, choices=RetentionClass)
    asked_at = models.DateTimeField(default=timezone.now)
    # None until the first run has counted them.
    total = models.BigIntegerField(null=True)
    # The day on which the chain of seals said so, without which a shorter time would look like missing events.
    declared_on = models.DateField(null=True)
    moved = models.BigIntegerField(default=0)
    removed = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="audit_retention_relocation_once")]

    @property
    def done(self) -> int:
        """How many events have been dealt with."""
        return self.moved + self.removed

    @property
    def shortens(self) -> bool:
        """Whether events go earlier than was said of them when they were sealed."""
        return RetentionClass(self.to_class).days < RetentionClass(self.from_class).days
