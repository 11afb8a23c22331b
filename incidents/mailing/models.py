"""Mailings: what is sent to whom, and what became of each mail (N1, N2, N6, N7)."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tenants.isolation.assets import EVIDENCE_DAYS, NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind
from tenants.isolation.models import new_id

LEFT, STOPPED = "left", "stopped"
_REASONS = {LEFT: _("No longer with the company"), STOPPED: _("The mailing was stopped")}
_RIGHTS = frozenset({"SELECT", "INSERT", "UPDATE"})


class Audience(models.TextChoices):
    """Who of a company is told. Each takes in the one before it."""

    ADMINISTRATORS = "administrators", _("Administrators")
    CONTACTS = "contacts", _("Contacts and administrators")
    EVERYBODY = "everybody", _("Everybody")
    ADDRESSES = "addresses", _("Subscribers")


class Mailing(models.Model):
    """One mail to many, made once for each step of what it is about.

    `about` and `about_id` name the thing ("notice" and its key), `step` which of its mails this is. `context` is what
    the template gets, see `composing`. Of all companies together `failures` counts how often in a row the mail server
    could not be reached, `trouble` says what it said last, and `next_try_at` when it is asked again.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("mailings"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="started_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=_RIGHTS,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    about = models.CharField(max_length=40)
    about_id = models.CharField(max_length=80)
    step = models.CharField(max_length=80)
    audience = models.CharField(pgettext_lazy("mailing", "to"), max_length=20, choices=Audience)
    subject_ja = models.CharField(max_length=200)
    subject_en = models.CharField(max_length=200, blank=True)
    template = models.CharField(max_length=200)
    context = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    started_by = models.CharField(_("started by"), max_length=150)
    expanded_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    failures = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        constraints = [models.UniqueConstraint(fields=["about", "about_id", "step"], name="mailing_once")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(finished_at=None), name="mailing_open"),
            models.Index(fields=["-started_at", "-id"], name="mailing_newest"),
        ]

    def __str__(self) -> str:
        return self.subject_in(get_language() or "ja")

    def subject_in(self, language: str) -> str:
        """The subject in a language; English falls back to Japanese."""
        return (self.subject_en if language.startswith("en") else "") or self.subject_ja


class MailingCompany(models.Model):
    """A company that a mailing goes to; `recipients` is how many people that were, None until it was looked."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("mailings"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="created_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        names_tenant=("tenant_id",),
        app_rights=NO_RIGHTS,
        platform_rights=_RIGHTS,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mailing_id = models.UUIDField()  # no foreign key: each table ends by its own period
    tenant_id = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)
    recipients = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing_id", "tenant_id"], name="mailing_company_once")]
        indexes = [
            models.Index(
                fields=["mailing_id", "id"], condition=models.Q(recipients=None), name="mailing_company_waiting"
            ),
            models.Index(fields=["tenant_id"], name="mailing_company_tenant"),
        ]


class DeliveryState(models.TextChoices):
    """What became of a mail to one address."""

    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Refused")
    BOUNCED = "bounced", _("Came back")
    SKIPPED = "skipped", _("Not sent")


class Delivery(models.Model):
    """The mail to one address. `message_id` is made with the row: a repeated mail is the same mail.

    `next_try_at` is when a worker may take it; one that has it moves the moment ahead for as long as it may take, with
    its `claim`. `error` is what the mail server said, or why the mail was not sent. `unsubscribe` is the path of the
    link by which a subscriber leaves; people of companies have none.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("deliveries of mails"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(EVIDENCE_DAYS, counted_from="created_at"),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        names_tenant=("tenant_id",),
        app_rights=NO_RIGHTS,
        platform_rights=_RIGHTS,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mailing_id = models.UUIDField()  # no foreign key: each table ends by its own period
    tenant_id = models.UUIDField(null=True)
    user_id = models.UUIDField(null=True)
    address = models.CharField(_("address"), max_length=254)
    language = models.CharField(_("language"), max_length=5)
    unsubscribe = models.CharField(max_length=400, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    message_id = models.CharField(max_length=250, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("answer of the mail server"), max_length=500, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    bounced_at = models.DateTimeField(_("came back"), null=True)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["mailing_id", "tenant_id", "address"], nulls_distinct=False, name="mailing_delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["mailing_id", "next_try_at", "id"],
                condition=models.Q(state="queued"),
                name="mailing_delivery_due",
            ),
            models.Index(fields=["mailing_id", "state"], name="mailing_delivery_state"),
            models.Index(fields=["tenant_id"], name="mailing_delivery_tenant"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def shown_address(self) -> str:
        """The address; nothing where it was forgotten (`services.forget_address`)."""
        return "" if self.address.endswith("@") else self.address

    @property
    def reason(self) -> str:
        """Why it was not sent, in the reader's language, or what the mail server said."""
        return str(_REASONS.get(self.error, self.error))
