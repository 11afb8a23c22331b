"""Reads of passkeys that more than one place needs."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.passkeys.models import Passkey


def passkeys() -> QuerySet[Passkey]:
    """Every passkey of the company."""
    return Passkey.objects.all()


def passkeys_of(user: User) -> QuerySet[Passkey]:
    """The passkeys of a user, oldest first."""
    return Passkey.objects.filter(user=user).order_by("created_at", "id")
