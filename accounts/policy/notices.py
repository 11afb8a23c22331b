"""Who is to be told that a password ends soon (ASVS 6.4.5)."""

from datetime import datetime

from accounts.models import User, UserState
from accounts.policy.queries import current_policy
from accounts.policy.validity import notice_due
from tenants.isolation.transactions import atomic


@atomic()
def take_due(now: datetime) -> list[tuple[str, int]]:
    """The users who are due, by key, with the days of the notice; marked, so that nobody is told twice."""
    policy = current_policy()
    if not policy.expiry_days:
        return []
    due: list[tuple[str, int]] = []
    for user in User.objects.filter(state=UserState.ACTIVE).select_for_update():
        days = notice_due(user, policy, now)
        if days is not None:
            User.objects.filter(id=user.id).update(password_notice=days)
            due.append((str(user.id), days))
    return due
