"""How long a password is valid, and when somebody has to choose a new one (A2, ASVS 6.2.10, 6.4.5)."""

from datetime import datetime, timedelta
from enum import StrEnum

from accounts.models import User
from accounts.policy.models import DAYS_OF_NOTICE, SecurityPolicy


class ChangeReason(StrEnum):
    """Why a new password is due before anything else."""

    DEMANDED = "demanded"
    EXPIRED = "expired"


def expires_at(user: User, policy: SecurityPolicy) -> datetime | None:
    """When the password ends; None if it does not."""
    if not policy.expiry_days or not user.has_usable_password():
        return None
    return (user.password_set_at or user.created_at) + timedelta(days=policy.expiry_days)


def change_due(user: User, policy: SecurityPolicy, now: datetime) -> ChangeReason | None:
    """Whether the user has to choose a new password now. It is never a lockout: the old one still opens that page."""
    if user.must_change_password:
        return ChangeReason.DEMANDED
    end = expires_at(user, policy)
    return ChangeReason.EXPIRED if end is not None and end <= now else None


def days_left(user: User, policy: SecurityPolicy, now: datetime) -> int | None:
    """Whole days until the password ends, when that is near enough to be told; None otherwise."""
    end = expires_at(user, policy)
    left = None if end is None else max((end - now).days, 0)
    return left if left is not None and left <= max(DAYS_OF_NOTICE) else None


def notice_due(user: User, policy: SecurityPolicy, now: datetime) -> int | None:
    """Which notice (14, 7, 1 days) is to be sent: the latest that applies, unless it or a later one was sent."""
    end = expires_at(user, policy)
    if end is None or end <= now:
        return None
    reached = [days for days in DAYS_OF_NOTICE if end - now <= timedelta(days=days)]
    if not reached or (user.password_notice is not None and user.password_notice <= min(reached)):
        return None
    return min(reached)
