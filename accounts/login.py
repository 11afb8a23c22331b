"""Logging in with company code, user ID and password (A1): one answer, one hash, whatever is wrong."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable, make_password, verify_password
from django.utils import timezone

from accounts.actions import LOGGED_IN, LOGGED_OUT, LOGIN_FAILED
from accounts.models import Session, User, normalize_user_id
from accounts.sessions import start_session
from accounts.sso.enforcement import note_password_login, password_refused
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record, record_apart
from tenants.isolation.directory import Company, normalize_code, provider_company, resolve_company
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic, tenant_transaction


class LoginRefused(Exception):  # noqa: N818
    """Nobody was logged in. `suspended` is told only to somebody who knew the password."""

    def __init__(self, *, suspended: bool = False) -> None:
        super().__init__("log-in refused")
        self.suspended = suspended


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What is known before the password is looked at."""

    user: User | None
    locked: bool = False
    sso_only: bool = False


def log_in(*, company_code: str, user_id: str, password: str) -> BearerSecret:
    """Log somebody in and return the secret of their new session; raises LoginRefused.

    Runs in transactions of its own: a refused attempt must stay on record. Every way through costs exactly one hash.
    """
    company = resolve_company(company_code)
    user_id = normalize_user_id(user_id)
    attempt = _count_attempt(company, user_id)
    right, outdated = _verify(password, attempt.user)
    reason = _reason(company, attempt, right=right)
    if reason or company is None or attempt.user is None:
        target = Target("accounts.user", str(attempt.user.id) if attempt.user else "", user_id)
        _record_failure(company, normalize_code(company_code), target, reason)
        raise LoginRefused(suspended=right and reason in {"user not active", "company suspended"})
    with tenant_transaction(company.tenant_id):
        return _admit(attempt.user, new_hash=make_password(password) if outdated else None)


@atomic()
def log_out(session: Session) -> None:
    """End the session by which somebody is logged in."""
    Session.objects.filter(id=session.id).update(ended_at=timezone.now())
    record(LOGGED_OUT, actor=session.user.as_actor(), target=session.user)


def _count_attempt(company: Company | None, user_id: str) -> _Attempt:
    """Count the attempt before its password is checked, so that parallel guesses get no more tries than allowed."""
    if company is None:
        return _Attempt(None)
    with tenant_transaction(company.tenant_id):
        user = User.objects.select_for_update().filter(user_id=user_id).first()
        if user is None:
            return _Attempt(None)
        now = timezone.now()
        if user.locked_until and user.locked_until > now:
            return _Attempt(user, locked=True)
        user.failed_logins = 1 if user.locked_until else user.failed_logins + 1
        full = user.failed_logins >= settings.LOGIN_FAILURES_ALLOWED
        user.locked_until = now + timedelta(seconds=settings.LOGIN_LOCK_SECONDS) if full else None
        user.save(update_fields=["failed_logins", "locked_until"])
        return _Attempt(user, sso_only=password_refused(user))


def _verify(password: str, user: User | None) -> tuple[bool, bool]:
    """Whether the password is right, and whether its hash has old parameters. One hash with today's parameters."""
    if user is None or not is_password_usable(user.password):
        verify_password(password, _dummy_hash())
        return False, False
    right, outdated = verify_password(password, user.password)
    if outdated:
        verify_password(password, _dummy_hash())  # a cheaper hash would tell by its speed that the user exists
    return right, outdated


@cache
def _dummy_hash() -> str:
    """A hash with today's parameters, for those who have none."""
    return make_password("nobody has this password")


def _reason(company: Company | None, attempt: _Attempt, *, right: bool) -> str:
    """Why the attempt is refused, for the audit log; empty when it is not."""
    rules = (
        (company is None, "unknown company"),
        (attempt.user is None, "unknown user"),
        (attempt.locked, "locked"),
        (not right, "wrong password"),
        (attempt.sso_only, "single sign-on required"),
        (attempt.user is not None and not attempt.user.is_active, "user not active"),
        (company is not None and not company.open, "company suspended"),
    )
    return next((reason for applies, reason in rules if applies), "")


def _record_failure(company: Company | None, company_code: str, target: Target, reason: str) -> None:
    """Into the company's log; for an unknown company into the provider's."""
    log = company or provider_company()
    if log is None:
        return
    record_apart(
        LOGIN_FAILED,
        actor=Actor.anyone(target.label),
        tenant_id=log.tenant_id,
        target=target,
        outcome=Outcome.FAILURE,
        after={"reason": reason, "company_code": company_code[:20]},
    )


def _admit(checked: User, *, new_hash: str | None) -> BearerSecret:
    """Open the session, unless the account was changed while its password was being checked."""
    user = User.objects.select_for_update().get(id=checked.id)
    if not user.is_active or user.password != checked.password:
        raise LoginRefused
    user.failed_logins, user.locked_until = 0, None
    user.password = new_hash or user.password
    user.save(update_fields=["failed_logins", "locked_until", "password"])
    note_password_login(user)
    return admit(user, method="password")


def admit(user: User, *, method: str) -> BearerSecret:
    """Open a session for somebody who has proved who they are by that method; in the transaction of the caller."""
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    secret = start_session(user)
    record(LOGGED_IN, actor=user.as_actor(), target=user, after={"method": method})
    return secret
