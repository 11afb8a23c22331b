"""From a log-in that stopped half-way to a session (A5; ASVS 6.3.3, 7.2.4, 16.3.1)."""

from django.utils import timezone

from accounts.actions import LOGGED_IN
from accounts.leaving import may_enter
from accounts.login import Admission, LoginRefused
from accounts.models import Session, User
from accounts.sessions import PENDING_MINUTES, renew_secret
from auditlog.services import record
from tenants.isolation.transactions import atomic

__all__ = ["PENDING_MINUTES", "prove"]


@atomic()
def prove(pending: Session, *, method: str) -> Admission:
    """Let somebody in who has proved the second factor of that kind ("totp", "passkey", "recovery").

    The secret of the pending log-in is worth nothing from then on. Raises LoginRefused when the log-in is over: it took
    too long, was finished by a parallel answer, or the account was stopped. Call it in the transaction of the proof.
    """
    user = User.objects.select_for_update().get(id=pending.user_id)
    session = Session.objects.select_for_update().filter(id=pending.id, awaiting_factor=True, ended_at=None).first()
    if session is None or not user.is_active or not may_enter(user):
        raise LoginRefused
    now = timezone.now()
    session.method, session.awaiting_factor = f"{session.method}+{method}", False
    session.proved_at = session.last_used_at = now
    secret = renew_secret(session, "method", "awaiting_factor", "proved_at", "last_used_at")
    is_first, user.last_login = user.last_login is None, now
    user.save(update_fields=["last_login"])
    record(LOGGED_IN, actor=user.as_actor(), target=user, after={"method": session.method})
    return Admission(secret, str(user.id), is_first=is_first)
