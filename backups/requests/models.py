"""A restore that a company asked for: of which generation, of what, who decided, what became of it (B6)."""

from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from auditlog.actors import ActorKind
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.models import TenantModel


class RestoreKind(models.TextChoices):
    """What is restored."""

    FILES = "files", _("Deleted files")
    COMPANY = "company", _("The whole company, beside this one")


class RestoreState(models.TextChoices):
    """Where a request is on its way."""

    ASKED = "asked", _("Waits for an answer")
    APPROVED = "approved", _("Waits for its turn")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_STATES = (RestoreState.ASKED, RestoreState.APPROVED, RestoreState.RUNNING)
QUEUED_STATES = (RestoreState.APPROVED, RestoreState.RUNNING)


class RestoreProblem(models.TextChoices):
    """Why a restore failed; nothing was changed then."""

    GONE = "gone", _("The backup does not exist any more. Choose another one.")
    DAMAGED = "damaged", _("The backup cannot be read any more. Choose another one.")
    STORE = "store", _("The storage of the backups does not answer. Try again later.")
    KEYS = "keys", _("The key of the company is missing, so the backup cannot be read.")
    RIGHT_LOST = "right_lost", _("Whoever asked for it may not use backups any more.")
    RULE = "rule", _("It cannot be done as it was asked for.")
    INTERRUPTED = "interrupted", _("It was interrupted too often. Try again later.")


class RestoreRequest(TenantModel):
    """One request. What it brings about is done by a job; `run` is of the worker that has it.

    `chosen` are ids of documents and folders of the generation, `label` names them for people. `told` says whom a mail
    of which step has reached, so that a mail does not come twice.
    """

    asset = Asset(
        data_class=gettext_noop("requests for restores"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        left_out="it is about generations of this backup store, and is asked for again",
        returned=False,
        app_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        platform_rights=frozenset({"SELECT"}),
    )

    kind = models.CharField(_("what"), max_length=8, choices=RestoreKind)
    state = models.CharField(_("state"), max_length=10, choices=RestoreState, default=RestoreState.ASKED)
    archive_id = models.UUIDField(editable=False)
    snapshot_at = models.DateTimeField(_("as of"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    label = models.CharField(max_length=300, blank=True)
    chosen = models.JSONField(default=dict)
    company_code = models.CharField(_("company code"), max_length=20, blank=True)
    language = models.CharField(max_length=10)
    asked_by = models.UUIDField(null=True, editable=False)
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_by_kind = models.CharField(max_length=8, choices=ActorKind, blank=True)
    decided_by_name = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    word = models.CharField(_("word on the decision"), max_length=500, blank=True)
    run = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    alive_at = models.DateTimeField(default=timezone.now)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    problem = models.CharField(max_length=12, choices=RestoreProblem, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    target_id = models.UUIDField(null=True)  # the new company's
    finished_at = models.DateTimeField(_("ended"), null=True)
    settled_at = models.DateTimeField(null=True)  # when contents were looked after once more
    result = models.JSONField(default=dict)
    told = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        ordering = ["-asked_at", "-id"]
        verbose_name = _("request for a restore")
        verbose_name_plural = _("requests for restores")
        indexes = [models.Index(fields=["tenant_id", "-asked_at"], name="restore_requests_asked")]

    def __str__(self) -> str:
        return self.label or self.company_code

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state in OPEN_STATES

    @property
    def is_queued(self) -> bool:
        """Whether a job has it or is to have it."""
        return self.state in QUEUED_STATES

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether nothing has begun yet."""
        return self.state in {RestoreState.ASKED, RestoreState.APPROVED}

    @property
    def documents(self) -> list[UUID]:
        """The documents that were chosen one by one."""
        return [UUID(key) for key in self.chosen.get("documents", [])]

    @property
    def folders(self) -> list[UUID]:
        """The folders that were chosen with everything deleted in them."""
        return [UUID(key) for key in self.chosen.get("folders", [])]
