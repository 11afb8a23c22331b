"""Editions of the calendar, which never change, and deadlines, of which only the end is ever added."""

from datetime import datetime, time
from enum import StrEnum
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from config.business_hours import BusinessCalendar
from incidents.clock.kinds import CHOICES, KINDS, Kind
from tenants.isolation.assets import (
    APPEND_ONLY,
    EVIDENCE_DAYS,
    READ_ONLY,
    Asset,
    Erasure,
    Ownership,
    Retention,
    TableKind,
)
from tenants.isolation.models import new_id

STAGES = (50, 80, 100)  # percent of the time, at which operators are told
_WRITES = frozenset({"SELECT", "INSERT", "UPDATE"})


class CalendarEdition(models.Model):
    """What counted as a business day from `created_at` on, until the next edition. Everybody may read it.

    `closed_days` is what calculations use: holidays, the year's end and the provider's own days off, written out from
    `first_year` to `last_year`. `days_off` are the latter alone, as `{day, note}`.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("business calendar"),
        ownership=Ownership.PROVIDER,
        retention=Retention.unlimited(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.GLOBAL,
        app_rights=READ_ONLY,
        platform_rights=APPEND_ONLY,
    )

    version = models.PositiveIntegerField(primary_key=True)
    created_at = models.DateTimeField(_("in force since"), default=timezone.now)
    created_by_name = models.CharField(_("made by"), max_length=150)
    reason = models.CharField(_("reason"), max_length=500)
    closed_days = ArrayField(models.DateField())
    days_off = models.JSONField(default=list)
    year_end = models.BooleanField(_("closed from 29 December to 3 January"), default=True)
    opens = models.TimeField(_("opens"), default=time(10))
    closes = models.TimeField(_("closes"), default=time(18))
    zone = models.CharField(max_length=40, default="Asia/Tokyo")
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"{self.version}"

    def calendar(self) -> BusinessCalendar:
        """The same for counting."""
        return BusinessCalendar(
            self.version,
            frozenset(self.closed_days),
            self.opens,
            self.closes,
            ZoneInfo(self.zone),
            self.first_year,
            self.last_year,
        )


class DeadlineState(StrEnum):
    """How a deadline stands, in words that pages have a badge for."""

    RUNNING = "running"
    MET = "done"
    MISSED = "overdue"
    WITHDRAWN = "withdrawn"


STATE_LABELS = {
    DeadlineState.RUNNING: pgettext_lazy("deadline", "Running"),
    DeadlineState.MET: _("Met"),
    DeadlineState.MISSED: _("Missed"),
    DeadlineState.WITHDRAWN: _("Withdrawn"),
}


class Deadline(models.Model):
    """A promise with a time. What was promised never changes, and neither does a miss: the database refuses it.

    `about` and `about_id` say what it belongs to, `tenant_id` whom it was promised to where that is one company, which
    may read its own. Titles are kept beyond the contract: they name things by their numbers, never by a customer's
    words. `half_at` and `most_at` are when 50 and 80 % of the time have passed; `warned` is when operators were told of
    which, `next_at` when they will be.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("promised deadlines"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="started_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        walled_by="tenant_id",
        app_rights=_WRITES,
        platform_rights=_WRITES,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=CHOICES)
    about = models.CharField(max_length=30)
    about_id = models.CharField(max_length=64)
    tenant_id = models.UUIDField(null=True, editable=False)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    link = models.CharField(max_length=500)
    started_at = models.DateTimeField(_("since"))
    half_at = models.DateTimeField()
    most_at = models.DateTimeField()
    due_at = models.DateTimeField(_("due"))
    calendar_version = models.PositiveIntegerField(_("edition of the calendar"))
    next_at = models.DateTimeField(null=True)
    warned = models.JSONField(default=dict)
    met_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(_("missed"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about", "about_id", "tenant_id"],
                condition=Q(met_at=None, withdrawn_at=None),
                nulls_distinct=False,
                name="clock_deadline_open",
            ),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(met_at__lte=F("due_at")) | Q(missed_at__isnull=False),
                name="clock_deadline_late_is_missed",
            ),
            models.CheckConstraint(
                condition=Q(missed_at=None) | Q(missed_at__gte=F("due_at")), name="clock_deadline_missed_after_due"
            ),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(withdrawn_at=None), name="clock_deadline_met_or_withdrawn"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="clock_deadline_next"),
            models.Index(fields=["about", "about_id"], name="clock_deadline_about"),
            models.Index(fields=["-due_at"], name="clock_deadline_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"

    @property
    def title(self) -> str:
        """In the language of who reads it."""
        return self.title_ja if get_language() == "ja" else self.title_en

    @property
    def rule(self) -> Kind:
        """What it is counted by."""
        return KINDS[self.kind]

    @property
    def is_open(self) -> bool:
        """Whether what was promised still has to be done, in time or late."""
        return self.met_at is None and self.withdrawn_at is None

    @property
    def state(self) -> DeadlineState:
        """How it stands. A miss stays one, whatever was done afterwards."""
        if self.missed_at is not None:
            return DeadlineState.MISSED
        if self.met_at is not None:
            return DeadlineState.MET
        return DeadlineState.RUNNING if self.withdrawn_at is None else DeadlineState.WITHDRAWN

    @property
    def state_label(self) -> str:
        """The same for people."""
        return str(STATE_LABELS[self.state])

    @property
    def stages(self) -> dict[int, datetime]:
        """When which percentage of the time has passed."""
        return dict(zip(STAGES, (self.half_at, self.most_at, self.due_at), strict=True))
