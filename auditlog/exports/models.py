"""An export of the audit log that somebody ordered: what of it, how far it is, where its file is (G2)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.models import TenantModel

FILE_DAYS = 7
ROW_DAYS = 30
_INSTANT = timedelta(microseconds=1)


class ExportFormat(models.TextChoices):
    """What kind of file."""

    CSV = "csv", _("CSV, for spreadsheets")
    JSONL = "jsonl", _("JSON Lines, with proof")


class ExportState(models.TextChoices):
    """How far an export is."""

    QUEUED = "pending", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "completed", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    REMOVED = "expired", _("File removed")


OPEN_STATES = (ExportState.QUEUED, ExportState.RUNNING)


class ExportProblem(models.TextChoices):
    """Why an export failed."""

    RIGHT_LOST = "right_lost", _("Whoever ordered it may not see the audit log any more.")
    CONDITIONS = "conditions", _("Its conditions are not understood any more. Order it anew.")
    STORAGE = "storage", _("The storage did not take the file. Try again later.")
    INTERRUPTED = "interrupted", _("It was interrupted too often. Try again later, or choose a shorter period.")


class AuditExport(TenantModel):
    """One order. Its file is an encrypted object of the tenant under the name of the run that wrote it."""

    asset = Asset(
        data_class=gettext_noop("exports of the audit log"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(
            ROW_DAYS, counted_from="requested_at", expired_by="auditlog.exports.outstanding.clear_away"
        ),
        archived=False,
        left_out="exports of some days, made again from the log",
        returned=False,
        platform_rights=frozenset({"SELECT"}),
    )

    format = models.CharField(_("format"), max_length=8, choices=ExportFormat)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))  # not included
    # What else was asked for, by the names of `auditlog.filters`; each with its values as they stood in the address.
    conditions = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=50)
    state = models.CharField(_("state"), max_length=10, choices=ExportState, default=ExportState.QUEUED)
    problem = models.CharField(max_length=12, choices=ExportProblem, blank=True)
    # The name of whoever ordered it stays when the account goes.
    requested_by = models.UUIDField(null=True)
    requested_by_name = models.CharField(_("ordered by"), max_length=150)
    requested_at = models.DateTimeField(_("ordered"), default=timezone.now)
    # Of the worker that has it: a new one for each attempt, so that a worker that was given up changes nothing.
    run = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    alive_at = models.DateTimeField(default=timezone.now)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    # What we say of the file, signed: see `auditlog.exports.signatures`.
    signature = models.JSONField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("available until"), null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("export of the audit log")
        indexes = [models.Index(fields=["tenant_id", "requested_at"], name="exports_requested")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """The name of the file, in days of the zone in which it was ordered."""
        first, last = (at.astimezone(ZoneInfo(self.time_zone)) for at in (self.starts_at, self.last))
        return f"audit-log-{first:%Y%m%d}-{last:%Y%m%d}.{self.format}"

    @property
    def last(self) -> datetime:
        """The last moment of the period."""
        return self.ends_at - _INSTANT

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return self.state in OPEN_STATES

    @property
    def may_be_ordered_again(self) -> bool:
        """Whether it ended without a file."""
        return self.state in {ExportState.FAILED, ExportState.CANCELLED}

    @property
    def shown_state(self) -> ExportState:
        """The state for people: a file whose days are over is gone, though the job that removes it comes later."""
        gone = self.state == ExportState.READY and not self.has_file
        return ExportState.REMOVED if gone else ExportState(self.state)

    @property
    def has_file(self) -> bool:
        """Whether there is a file to be had."""
        return self.state == ExportState.READY and self.expires_at is not None and timezone.now() < self.expires_at
