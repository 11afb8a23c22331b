"""Erasures: what was planned, how far it is, what went, what stayed and how that was proven (R1, R2).

The provider's own evidence, which stays: ids of the company and of its keys, dates and counts, no word of its data.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Ownership, Retention, TableKind
from tenants.isolation.assets import Erasure as Way
from tenants.isolation.keeping import is_held
from tenants.isolation.models import new_id


class Ground(models.TextChoices):
    """Why a company is erased."""

    CANCELLATION = "cancellation", _("Cancellation")
    DELETION = "deletion", _("Deletion by the provider")


class ErasureState(models.TextChoices):
    """Where an erasure stands. A held one goes on when the legal hold ends, a failed one is tried again."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    HELD = "held", _("Stopped by a legal hold")
    PROVEN = "proven", _("Erased and proven")
    FAILED = "failed", _("Interrupted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Step(models.TextChoices):
    """The steps in their order. Each may be cut short and done again."""

    LEDGER = "ledger", _("Entry in the erasure ledger")
    MEMORY = "memory", _("Sessions, caches and queued tasks")
    CONTENTS = "contents", _("Contents of documents and files")
    ROWS = "rows", _("Rows of the database")
    KEYS = "keys", _("Destruction of the keys")
    ARCHIVES = "archives", _("Backups")
    PROOF = "proof", _("Proof of absence")


OPEN_STATES = (ErasureState.PLANNED, ErasureState.RUNNING, ErasureState.HELD, ErasureState.FAILED)
# From its first step on an erasure cannot be taken back.
BEGUN_STATES = (ErasureState.RUNNING, ErasureState.HELD, ErasureState.FAILED, ErasureState.PROVEN)


class Erasure(models.Model):
    """One erasure of one company. `begin_at` is when it may begin, `due_at` by when everything has to be gone.

    `step` is the one that is being done or that was cut short. `counts` says what went up to now: rows by table
    (`tables`), objects and bytes by store (`stores`), keys and messages of the memory store (`memory`). `holdbacks` is
    the list of what stays (`retention.erasure.holdbacks`), `proof` what the search at the end found, place by place.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("erasures of companies"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="finished_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Way.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    ground = models.CharField(_("ground"), max_length=12, choices=Ground)
    ground_id = models.UUIDField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=ErasureState, default=ErasureState.PLANNED)
    step = models.CharField(_("step"), max_length=10, choices=Step, default=Step.LEDGER)
    planned_at = models.DateTimeField(_("planned"), default=timezone.now)
    begin_at = models.DateTimeField(_("begins"))
    due_at = models.DateTimeField(_("due"))
    begun_at = models.DateTimeField(_("begun"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    counts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    key_ids: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    holdbacks: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    proof: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    error = models.TextField(_("cause"), blank=True)
    attempts = models.PositiveIntegerField(default=0)
    # When operators were told that it is late, so that they are told once.
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-planned_at", "-id"]
        verbose_name = _("erasure of a company")
        verbose_name_plural = _("erasures of companies")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id"], condition=~models.Q(state="withdrawn"), name="erasure_once")
        ]
        indexes = [
            models.Index(
                fields=["begin_at"], condition=~models.Q(state__in=["proven", "withdrawn"]), name="erasure_open"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_open(self) -> bool:
        """Whether there is something to do still."""
        return self.state in OPEN_STATES

    @property
    def may_go_on(self) -> bool:
        """Whether a job should work on it: what a legal hold stopped only when the hold has ended (R5)."""
        return self.is_open and not (self.state == ErasureState.HELD and is_held(self.tenant_id))

    @property
    def has_begun(self) -> bool:
        """Whether it can no longer be taken back."""
        return self.state in BEGUN_STATES

    def is_overdue(self, now: datetime) -> bool:
        """Whether everything should be gone by now, and is not proven to be."""
        return self.is_open and self.due_at <= now
