"""Audit events: append-only, partitioned by retention class and then by time (G1, G5, G7)."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from auditlog.actions import Kind, Outcome, label_of
from auditlog.actors import ActorKind
from auditlog.recording.pages import PAGE_TYPES, page_label
from tenants.isolation.assets import APPEND_ONLY, Asset, Erasure, Ownership, Retention
from tenants.isolation.models import TenantModel


class RetentionClass(models.TextChoices):
    """How long an event is kept. Its partition is dropped when the time is over."""

    D30 = "d30", _("30 days")
    D180 = "d180", _("180 days")
    Y7 = "y7", _("7 years")

    @property
    def days(self) -> int:
        """For how many days, at the least."""
        return {"d30": 30, "d180": 180, "y7": 7 * 365}[self.value]


class ClassOfTenant(models.Func):
    """How long the tenant in scope keeps its events, answered by the database (`auditlog.recording`)."""

    function = "recording_class"
    output_field = models.CharField()


class AuditEvent(TenantModel):
    """One recorded action. The table is made in SQL, because Django knows no partitions."""

    asset = Asset(
        data_class=gettext_noop("audit log"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(
            180,
            counted_from="at",
            expired_by="auditlog.retention.expiry.expire",
            words=_("30 days, 180 days or 7 years, as the company's recording policy says"),
        ),
        archived=True,
        rolled_back=False,  # what has happened stays on record
        returned=True,
        erasure=Erasure.PARTITION,
        app_rights=APPEND_ONLY,
        platform_rights=APPEND_ONLY,
    )

    at = models.DateTimeField(_("time"), default=timezone.now)
    retention_class = models.CharField(max_length=8, choices=RetentionClass, db_default=ClassOfTenant())
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    action = models.CharField(_("action"), max_length=80)
    outcome = models.CharField(_("result"), max_length=8, choices=Outcome, default=Outcome.SUCCESS)
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_user_id = models.CharField(_("user ID"), max_length=150)
    actor_name = models.CharField(_("name"), max_length=150)
    ip = models.GenericIPAddressField(_("source IP"), null=True)
    user_agent = models.CharField(max_length=400)
    session_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64)
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=80)
    target_label = models.CharField(_("target"), max_length=400)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # Made by the database. It goes into the sealed hash of the event, which therefore tells nothing once this is gone.
    salt = models.UUIDField(db_default=RandomUUID(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-at", "-id"]
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")

    @property
    def action_label(self) -> str:
        """The action in the reader's language."""
        return label_of(self.action)

    @property
    def target_name(self) -> str:
        """What was acted upon, as people call it; of a page the log keeps a name that is the same in every language."""
        return page_label(self.target_label) if self.target_type in PAGE_TYPES else self.target_label
