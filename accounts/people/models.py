"""What removal and import leave behind for a while: taken user IDs, uploaded lists, invitations to be mailed (A8)."""

import hashlib

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel

FORMER_DAYS = 180  # as long as the audit log names the account
IMPORT_DAYS = 30


def former_hash(user_id: str) -> str:
    """What is kept of the user ID of a removed user."""
    return hashlib.sha256(f"former user ID {user_id}".encode()).hexdigest()


class FormerUserId(TenantModel):
    """The user ID of a removed user, as a hash: nobody else gets it while the audit log still speaks of its owner.

    It also keeps single sign-on from bringing back whom an administrator has removed.
    """

    asset = Asset(
        data_class=gettext_noop("user IDs of removed users"),
        ownership=Ownership.DERIVED,
        retention=Retention.for_days(FORMER_DAYS, counted_from="removed_at"),
        archived=True,
        rolled_back=False,  # the log still speaks of their former owners
        returned=False,
        platform_rights=frozenset({"SELECT"}),
    )

    user_id_hash = models.CharField(max_length=64)
    removed_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant_id", "user_id_hash"], name="people_former_hash")]


class ImportState(models.TextChoices):
    """How far an import is. A discarded one is deleted."""

    FAULTY = "faulty", _("Has errors")
    READY = "ready", _("Ready to import")
    QUEUED = "running", _("Being imported")
    DONE = "completed", _("Imported")


class UserImport(TenantModel):
    """An uploaded list of users. Its content goes as soon as it is imported or discarded."""

    asset = Asset(
        data_class=gettext_noop("uploaded lists of users"),
        ownership=Ownership.CUSTOMER,
        retention=Retention.for_days(IMPORT_DAYS, counted_from="uploaded_at"),
        archived=False,
        left_out="lists that wait for a moment to be read; uploaded again if need be",
        returned=False,
        platform_rights=frozenset({"SELECT"}),
    )

    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=ImportState)
    row_count = models.PositiveIntegerField(_("rows"))
    problem_count = models.PositiveIntegerField(_("problems"), default=0)
    # The first problems as [line, code, value]: told in the language of whoever looks.
    problems = models.JSONField(default=list)
    uploaded_by = TenantForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_by_name = models.CharField(_("uploaded by"), max_length=150)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    queued_by = TenantForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    queued_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("import of users")

    def __str__(self) -> str:
        return self.file_name


class InvitationDue(TenantModel):
    """An imported user whose invitation has not been handed to the queue yet; nothing is lost when a worker dies."""

    asset = Asset(
        data_class=gettext_noop("invitations to be sent"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        left_out="its link was never sent; the invitation is made again",
        returned=False,
        platform_rights=frozenset({"SELECT"}),
    )

    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="+")
    invited_by = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id", "user"], name="people_invitationdue_user")]
