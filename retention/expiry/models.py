"""What the nightly run did, and what is wrong with it: the provider's own evidence (R6)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.expiring import Expired
from tenants.isolation.models import new_id


@dataclass(frozen=True, slots=True)
class Line:
    """What a run did with one table: the numbers of `tenants.isolation.expiring.Expired`, and how long it took."""

    table: str
    data_class: str
    days: int
    due: int = 0
    removed: int = 0
    held: int = 0
    overdue: int = 0
    oldest: str = ""
    seconds: float = 0
    error: str = ""

    @classmethod
    def of(cls, table: str, data_class: str, days: int, done: Expired, *, seconds: float, error: str = "") -> Self:
        """The line of a table."""
        oldest = done.oldest.isoformat() if done.oldest else ""
        return cls(
            table, data_class, days, done.due, done.removed, done.held, done.overdue, oldest, round(seconds, 3), error
        )

    def as_json(self) -> dict[str, Any]:
        """For the row and for machines."""
        return asdict(self)

    @property
    def oldest_at(self) -> datetime | None:
        """From when the period of the oldest row counts that is left."""
        return datetime.fromisoformat(self.oldest) if self.oldest else None


class RunState(models.TextChoices):
    """Where a run stands. One that died is `running` until the next one goes on with it."""

    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed, at least in part")


class ExpiryRun(models.Model):
    """One run over every class that ends with time. What is past its period at `started_at` is due in it.

    `due_before` is what was due of each table and company when it began, by which a run that was cut short still says
    how many rows went. `statement` is what the finished run says, as the very text that was signed.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("runs of expiry"),
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
    tenant_id = models.UUIDField(null=True, editable=False)  # of one company alone
    dry_run = models.BooleanField(default=False)
    ordered_by = models.CharField(max_length=150)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("ended"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.RUNNING)
    due_before: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    lines: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    due = models.BigIntegerField(_("due"), default=0)
    removed = models.BigIntegerField(_("removed"), default=0)
    held = models.BigIntegerField(_("held"), default=0)
    overdue = models.BigIntegerField(_("overdue"), default=0)
    statement = models.TextField(blank=True)
    key_id = models.CharField(max_length=16, blank=True)
    signature = models.BinaryField(null=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("expiry run")
        verbose_name_plural = _("expiry runs")
        indexes = [models.Index(fields=["-started_at", "-id"], name="expiry_run_newest")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None

    @property
    def by_table(self) -> list[Line]:
        """Its lines."""
        return [Line(**line) for line in self.lines]


class ProblemKind(models.TextChoices):
    """What can be wrong with retention."""

    OVERDUE = "overdue", _("Data are there whose retention period is over")
    FAILED = "failed", _("The last removal of expired data failed, at least in part")
    LATE = "late", _("Expired data were not removed for 26 hours")
    ERASURE = "erasure", _("The erasure of a company is overdue")


class RetentionProblem(models.Model):
    """One problem from the look that found it to the look that found it gone. Told once, and again when it changed.

    `about` is what it is about, a table or the id of a company; `detail` holds nothing that changes by itself.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("upkeep of retention"),
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
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=100, blank=True)
    detail = models.TextField(blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"], condition=models.Q(ended_at=None), name="retention_problem_open"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What is wrong, for people."""
        return str(ProblemKind(self.kind).label)
