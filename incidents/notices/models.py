"""Notices, the companies that they are for, and who has read them (N1, N6, N7).

The app role has no right on `Notice` and `NoticeAddress`. What a company may read comes out of `notices_addressed()`, a
function of the database that goes by the tenant of the transaction: a page that forgets a filter still shows nothing
that is meant for others, not even that it exists. `notices_public()` is the same for everybody without a log-in.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tenants.isolation.assets import (
    EVIDENCE_DAYS,
    NO_RIGHTS,
    READ_ONLY,
    Asset,
    Erasure,
    Ownership,
    Retention,
    TableKind,
)
from tenants.isolation.definers import declare_definer
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel, new_id
from tenants.isolation.roles import APP, PLATFORM

declare_definer(
    "notices_addressed(timestamp with time zone)",
    executors={APP, PLATFORM},
    purpose="the published notices since a moment that are for the company of the transaction",
)
declare_definer("notices_public()", executors={APP, PLATFORM}, purpose="the notices that anybody may read")

TITLE_LENGTH, BODY_LENGTH, REASON_LENGTH = 150, 10_000, 300


class Kind(models.TextChoices):
    """What a notice is about."""

    MAINTENANCE = "maintenance", _("Maintenance")
    HARMFUL_CHANGE = "harmful_change", _("Change with effects on use")
    NEW_FUNCTION = "new_function", _("New function")
    END_OF_SERVICE = "end_of_service", _("End of service")
    INCIDENT = "incident", _("Incident")


class MailTo(models.TextChoices):
    """Who of a company gets it by mail as well."""

    NOBODY = "", _("No mail: in the product only")
    CONTACTS = "contacts", _("The contacts of the contract")
    ADMINISTRATORS = "administrators", _("The administrators")
    EVERYBODY = "everybody", _("Everybody")


class NoticeState(models.TextChoices):
    """How far a notice is, from its moments."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", pgettext_lazy("notice", "Published")
    WITHDRAWN = "withdrawn", pgettext_lazy("notice", "Withdrawn")


class Notice(models.Model):
    """One notice. Its text never changes once it is published: it is withdrawn, and another one says it better.

    `to_all`: every company, those that come later too; otherwise its addresses. `public`: also in the feeds and on the
    pages without a log-in. A reason for short notice is there when it was announced later than promised; companies see
    it. `about` and `about_id` name the incident or the maintenance that it tells of, `link` its page in the product.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("notices"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="drafted_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title_ja = models.CharField(_("Title in Japanese"), max_length=TITLE_LENGTH)
    title_en = models.CharField(_("Title in English"), max_length=TITLE_LENGTH, blank=True)
    body_ja = models.TextField(_("Text in Japanese"), max_length=BODY_LENGTH)
    body_en = models.TextField(_("Text in English"), max_length=BODY_LENGTH, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    public = models.BooleanField(_("public"), default=False)
    to_all = models.BooleanField(_("to all companies"), default=False)
    mail_to = models.CharField(_("by mail to"), max_length=20, choices=MailTo, blank=True)
    takes_effect_at = models.DateTimeField(_("takes effect"), null=True)
    short_notice_ja = models.CharField(max_length=REASON_LENGTH, blank=True)
    short_notice_en = models.CharField(max_length=REASON_LENGTH, blank=True)
    about = models.CharField(max_length=20, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    link = models.CharField(max_length=200, blank=True)
    drafted_at = models.DateTimeField(_("drafted"), default=timezone.now)
    drafted_by_name = models.CharField(_("drafted by"), max_length=150)
    publish_at = models.DateTimeField(_("to be published"), null=True)
    published_at = models.DateTimeField(pgettext_lazy("notice", "published"), null=True)
    published_by_name = models.CharField(_("published by"), max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(pgettext_lazy("notice", "withdrawn"), null=True)
    withdrawn_by_name = models.CharField(_("withdrawn by"), max_length=150, blank=True)
    withdrawal_reason = models.CharField(_("reason for the withdrawal"), max_length=REASON_LENGTH, blank=True)

    # When the reader opened it; set by the queries that ask for a reader.
    read_at: datetime | None

    class Meta:
        ordering = ["-published_at", "-id"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["published_at"], name="notices_published"),
            models.Index(fields=["about", "about_id"], name="notices_about", condition=~models.Q(about="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(public=False) | models.Q(to_all=True), name="notices_public_is_for_all"
            )
        ]

    def __str__(self) -> str:
        return self.title_ja

    def get_absolute_url(self) -> str:
        """Its page for those who are logged in; Django's name for it."""
        return reverse("notice", args=[self.id])

    @property
    def state(self) -> NoticeState:
        """How far it is."""
        if self.withdrawn_at:
            return NoticeState.WITHDRAWN
        if self.published_at:
            return NoticeState.PUBLISHED
        return NoticeState.SCHEDULED if self.publish_at else NoticeState.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether its text may still be changed."""
        return self.state in {NoticeState.DRAFT, NoticeState.SCHEDULED}

    @property
    def title(self) -> str:
        """In the reader's language; in Japanese where it was written in Japanese only, and the page says so."""
        return self._in_language(self.title_ja, self.title_en)

    @property
    def body(self) -> str:
        """As the title."""
        return self._in_language(self.body_ja, self.body_en)

    @property
    def short_notice(self) -> str:
        """Why it was announced later than promised; empty where it was in time."""
        return self._in_language(self.short_notice_ja, self.short_notice_en)

    @property
    def only_in_japanese(self) -> bool:
        """Whether somebody who reads English gets Japanese."""
        return not self.body_en and _reads_english()

    def _in_language(self, japanese: str, english: str) -> str:
        return english if english and _reads_english() else japanese


def _reads_english() -> bool:
    return (get_language() or "ja").startswith("en")


class NoticeAddress(models.Model):
    """That a notice is for a company. It goes with the company, and with the notice."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("notices"),
        ownership=Ownership.PROVIDER,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "DELETE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The constraint is in the migration: the database removes the addresses of a notice whose period is over.
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="addresses", db_constraint=False)
    tenant_id = models.UUIDField(editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "notice"], name="notices_address_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.tenant_id}"


class NoticeRead(TenantModel):
    """That somebody has opened a notice: once, and never changed. It goes with the account."""

    asset = Asset(
        data_class=gettext_noop("read receipts of notices"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=True,
        returned=False,
        platform_rights=READ_ONLY,
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="+")
    notice_id = models.UUIDField()
    read_at = models.DateTimeField(_("read"), default=timezone.now)

    class Meta(TenantModel.Meta):
        verbose_name = _("read receipt")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "user", "notice_id"], name="notices_read_once")]
        indexes = [models.Index(fields=["tenant_id", "notice_id"], name="notices_read_receipts")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.notice_id}"
