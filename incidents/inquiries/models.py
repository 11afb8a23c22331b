"""Inquiries of a company, the messages in them with their files, and the notes that only the provider reads (N4).

A company's role has no right at all on `InquiryNote`, so no mistake in a page can show one.
"""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from tenants.isolation.assets import APPEND_ONLY, NO_RIGHTS, Asset, Ownership, Retention, TableKind
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel, new_id
from vault.filenames import NAME_LENGTH


class InquiryKind(models.TextChoices):
    """What it is about."""

    QUESTION = "question", pgettext_lazy("inquiry", "Question")
    FAULT = "fault", _("Report of a fault")
    SECURITY = "security", _("Report about security")
    REQUEST = "request", _("Request or proposal")


class Priority(models.TextChoices):
    """How urgent it is to the company; the first answer's deadline follows from it (`deadlines.py`)."""

    LOW = "low", pgettext_lazy("inquiry", "Low")
    NORMAL = "normal", pgettext_lazy("inquiry", "Normal")
    HIGH = "high", pgettext_lazy("inquiry", "High")
    URGENT = "urgent", pgettext_lazy("inquiry", "Urgent")


class InquiryState(models.TextChoices):
    """Whose turn it is."""

    OPEN = "open", pgettext_lazy("inquiry", "New")
    WAITING_FOR_SUPPORT = "waiting_for_support", _("Waits for support")
    WAITING_FOR_COMPANY = "waiting_for_company", _("Waits for the company")
    RESOLVED = "resolved", pgettext_lazy("inquiry", "Resolved")
    CLOSED = "closed", pgettext_lazy("inquiry", "Closed")


WAITING = (InquiryState.OPEN, InquiryState.WAITING_FOR_SUPPORT)
ENDED = (InquiryState.RESOLVED, InquiryState.CLOSED)


class Side(models.TextChoices):
    """Who wrote a message."""

    COMPANY = "company", _("Company")
    SUPPORT = "support", _("Support")


def _correspondence(data_class: str, **more: Any) -> Asset:
    """What was written stays written: a restore in place does not undo what the provider was asked and has answered."""
    return Asset(
        data_class=data_class,
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        rolled_back=False,
        returned=True,
        **more,
    )


class Inquiry(TenantModel):
    """One thread. `told` says whom a mail about which message has reached, so that a mail does not come twice."""

    asset = _correspondence(
        gettext_noop("inquiries"),
        app_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        platform_rights=frozenset({"SELECT"}),
        withheld=("assigned_to", "told"),
    )

    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind of inquiry"), max_length=10, choices=InquiryKind)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, default=Priority.NORMAL)
    subject = models.CharField(_("subject of the inquiry"), max_length=150)
    state = models.CharField(_("state"), max_length=20, choices=InquiryState, default=InquiryState.OPEN)
    asked_by = models.UUIDField(null=True, editable=False)
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    last_message_at = models.DateTimeField(_("last message"), default=timezone.now)
    first_answer_due_at = models.DateTimeField(_("first answer by"))
    first_answered_at = models.DateTimeField(_("first answered"), null=True)
    assigned_to = models.UUIDField(null=True, editable=False)
    assigned_to_name = models.CharField(_("in charge"), max_length=150, blank=True)
    incident_number = models.CharField(_("incident"), max_length=30, blank=True)
    told = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        ordering = ["-last_message_at", "-id"]
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "number"], name="inquiries_number_once")]
        indexes = [models.Index(fields=["tenant_id", "-last_message_at"], name="inquiries_newest")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it in mails and on the telephone."""
        return f"Q-{self.number:04}"

    @property
    def is_ended(self) -> bool:
        """Whether nobody waits for anything."""
        return self.state in ENDED

    @property
    def waits_for_first_answer(self) -> bool:
        """Whether the clock of the first answer runs."""
        return self.first_answered_at is None and not self.is_ended


class InquiryMessage(TenantModel):
    """What somebody wrote. Nobody changes it afterwards: the database lets nobody."""

    asset = _correspondence(gettext_noop("inquiries"), app_rights=APPEND_ONLY, withheld=("author",))

    inquiry = TenantForeignKey(Inquiry, models.PROTECT, related_name="messages")
    number = models.PositiveIntegerField(_("number"))
    side = models.CharField(_("written by the side of"), max_length=10, choices=Side)
    author = models.UUIDField(null=True, editable=False)
    author_name = models.CharField(_("written by"), max_length=150)
    text = models.TextField(_("message"))
    at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta(TenantModel.Meta):
        ordering = ["number"]
        verbose_name = _("message of an inquiry")
        verbose_name_plural = _("messages of inquiries")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "inquiry", "number"], name="inquiries_message_once")
        ]

    def __str__(self) -> str:
        return f"{self.inquiry} / {self.number}"

    @property
    def is_from_support(self) -> bool:
        """Whether the provider wrote it."""
        return self.side == Side.SUPPORT


class InquiryAttachment(TenantModel):
    """A file of a message: its content is an encrypted object of the company (`attachments.py`)."""

    asset = _correspondence(gettext_noop("inquiries"), app_rights=APPEND_ONLY)

    message = TenantForeignKey(InquiryMessage, models.PROTECT, related_name="attachments")
    name = models.CharField(_("file name"), max_length=NAME_LENGTH)
    object_name = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content_type = models.CharField(_("type"), max_length=100)
    at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta(TenantModel.Meta):
        ordering = ["at", "id"]
        verbose_name = _("file of an inquiry")
        verbose_name_plural = _("files of inquiries")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "object_name"], name="inquiries_object_once")]
        indexes = [models.Index(fields=["tenant_id", "message"], name="inquiries_files_of")]

    def __str__(self) -> str:
        return self.name


class InquiryNote(models.Model):
    """What operators tell each other about an inquiry. It goes with the company, and the company never reads it."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("internal notes about inquiries"),
        ownership=Ownership.PROVIDER,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    inquiry_id = models.UUIDField(editable=False)
    author_name = models.CharField(max_length=150)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("internal note about an inquiry")
        verbose_name_plural = _("internal notes about inquiries")
        indexes = [models.Index(fields=["tenant_id", "inquiry_id", "at"], name="inquiries_notes_of")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
