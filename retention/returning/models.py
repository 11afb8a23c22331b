"""A data return that somebody asked for: how far it is, and which files there are to fetch (R3)."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.models import TenantModel

FILE_DAYS = 7
ROW_DAYS = 30


class ReturnState(models.TextChoices):
    """How far a data return is."""

    WAITING = "pending", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "completed", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Files removed")


OPEN_STATES = (ReturnState.WAITING, ReturnState.RUNNING)


class ReturnProblem(models.TextChoices):
    """Why a data return failed."""

    RIGHT_LOST = "right_lost", _("Whoever asked for it may not ask for it any more.")
    STORAGE = "storage", _("The storage did not take the files. Try again later.")
    INTERRUPTED = "interrupted", _("It was interrupted too often. Try again later.")


@dataclass(frozen=True, slots=True)
class Part:
    """One ZIP file: size in bytes, SHA-256 in hexadecimal, number of entries, bytes of a stored block."""

    number: int
    size: int
    sha256: str
    entries: int
    block_size: int


class DataReturn(TenantModel):
    """One data return. Its parts are encrypted objects of the company under the name of the run that wrote them."""

    asset = Asset(
        data_class=gettext_noop("data returns"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(
            ROW_DAYS, counted_from="asked_at", expired_by="retention.returning.outstanding.clear_away"
        ),
        archived=False,
        left_out="copies for some days, made again from the data",
        returned=False,
        platform_rights=frozenset({"SELECT"}),
    )

    state = models.CharField(_("state"), max_length=10, choices=ReturnState, default=ReturnState.WAITING)
    problem = models.CharField(max_length=12, choices=ReturnProblem, blank=True)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=50)
    # The name of whoever asked stays when the account goes.
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    # Of the worker that has it: a new one for each attempt, so that a worker that was given up changes nothing.
    run = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    alive_at = models.DateTimeField(default=timezone.now)
    # Work done and to do, in bytes about; and the files of the company among it.
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    files_done = models.PositiveIntegerField(default=0)
    files_total = models.PositiveIntegerField(default=0)
    snapshot_at = models.DateTimeField(_("as of"), null=True)
    parts = models.JSONField(default=list)
    key_ids = models.JSONField(default=list)
    # Files whose content could not be read; the manifest names them.
    unreadable = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("available until"), null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("data return")
        verbose_name_plural = _("data returns")
        indexes = [models.Index(fields=["tenant_id", "asked_at"], name="returning_asked")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

    def file_name(self, number: int) -> str:
        """The name of a part, with the day of the data in the zone of whoever asked."""
        day = (self.snapshot_at or self.asked_at).astimezone(ZoneInfo(self.time_zone))
        return f"data-return-{day:%Y%m%d}-{number:02}of{len(self.parts):02}.zip"

    @property
    def files(self) -> list[Part]:
        """The parts in their order."""
        return [Part(**part) for part in self.parts]

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.files)

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return self.state in OPEN_STATES

    @property
    def has_files(self) -> bool:
        """Whether there is something to be had."""
        return self.state == ReturnState.READY and self.expires_at is not None and timezone.now() < self.expires_at

    @property
    def shown_state(self) -> ReturnState:
        """The state for people: what is past its days is gone, though the job that removes it comes later."""
        gone = self.state == ReturnState.READY and not self.has_files
        return ReturnState.EXPIRED if gone else ReturnState(self.state)

    @property
    def facts(self) -> dict[str, Any]:
        """What the audit log says of it."""
        return {"parts": len(self.parts), "size": self.size}
