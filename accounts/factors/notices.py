"""What users are told by mail about their second factor (ASVS 6.3.7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tenants.isolation.tasks import queue_on_commit


class Notice(models.TextChoices):
    """Every occasion, with the sentence for the mail. The label is also its subject."""

    ADDED = "added", _("A second factor was set up for your account")
    REMOVED = "removed", _("A second factor was removed from your account")
    RESET = "reset", _("Your second factor was reset by an administrator")
    RECOVERY_RENEWED = "recovery_renewed", _("New recovery codes were made for your account")
    RECOVERY_USED = "recovery_used", _("A recovery code was used to log in to your account")
    GUESSED = "guessed", _("Wrong codes were entered for your account after the right password")


def queue(user: User, notice: Notice) -> None:
    """Queue the mail; it goes out when the transaction is committed."""
    queue_on_commit("accounts.factors.tasks.tell", str(user.id), notice.value)
