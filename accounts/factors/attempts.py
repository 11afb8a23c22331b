"""Guesses of codes, counted by themselves: a password, right or wrong, does not change their number (ASVS 6.6.3)."""

from collections.abc import Callable

from accounts.factors import notices
from accounts.factors.actions import FACTOR_REFUSED
from accounts.factors.entering import prove
from accounts.login import Admission
from accounts.models import Session, User
from accounts.policy.queries import current_policy
from accounts.policy.throttle import Limit, bucket, count, failures, forget
from auditlog.actions import Outcome
from auditlog.services import record
from tenants.isolation.transactions import atomic, tenant_transaction

FREE_FAILURES = 5


def enter(pending: Session, *, method: str, spend: Callable[[], bool]) -> Admission | None:
    """Finish a log-in by a code, which `spend` uses up; None if it is wrong or too many were.

    Runs in a transaction of its own, since a wrong code must stay counted. Raises LoginRefused.
    """
    with tenant_transaction(pending.tenant_id):
        return prove(pending, method=method) if spend_code(pending.user, method, spend) else None


@atomic()
def spend_code(user: User, method: str, spend: Callable[[], bool]) -> bool:
    """Whether the code is right. The attempt is counted before it is looked at; commit in any case."""
    name = bucket("code", str(user.id))
    limit = Limit(FREE_FAILURES, current_policy().lock_minutes)
    if count(name, limit):
        if spend():
            forget(name)
            return True
        if failures(name) == FREE_FAILURES:
            # Whoever got that far knows the password; if it was not the user, they should hear of it.
            notices.queue(user, notices.Notice.GUESSED)
    record(FACTOR_REFUSED, actor=user.as_actor(), target=user, outcome=Outcome.FAILURE, after={"kind": method})
    return False
