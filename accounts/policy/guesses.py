"""Guesses of a password by somebody who is logged in already: counted on every page that asks for it (ASVS 6.3.1)."""

from accounts.actions import IDENTITY_REFUSED
from accounts.models import User
from accounts.policy.queries import current_policy
from accounts.policy.throttle import Limit, bucket, count, forget
from auditlog.actions import Outcome
from auditlog.services import record
from tenants.isolation.transactions import atomic


@atomic()
def is_right_password(user: User, password: str) -> bool:
    """Whether it is the user's. During a delay the right one is answered like a wrong one. Commit in any case."""
    policy, name = current_policy(), bucket("confirm", str(user.id))
    allowed = count(name, Limit(policy.failures_allowed, policy.lock_minutes))
    if user.check_password(password) and allowed:
        forget(name)
        return True
    record(IDENTITY_REFUSED, actor=user.as_actor(), target=user, outcome=Outcome.FAILURE, after={"by": "password"})
    return False
