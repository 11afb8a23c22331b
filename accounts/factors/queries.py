"""Reads of the second factor."""

from accounts.factors.models import TotpDevice
from accounts.models import User


def totp_of(user: User) -> TotpDevice | None:
    """The authenticator app of the user."""
    return TotpDevice.objects.filter(user=user).first()
