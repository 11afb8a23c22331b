"""Logging in with company code, user ID and password (A1): one answer, one hash, whatever is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.auth.hashers import is_password_usable, make_password, verify_password
from django.utils import timezone

from accounts.actions import FACTOR_ASKED, LOGGED_IN, LOGGED_OUT, LOGIN_FAILED
from accounts.factors.kinds import has_factor
from accounts.hashing import gate
from accounts.leaving import may_enter
from accounts.models import Session, User, normalize_user_id
from accounts.network.actions import OUTSIDE
from accounts.network.admission import is_shut_out
from accounts.policy.alerts import note_failure
from accounts.policy.queries import current_policy
from accounts.policy.throttle import (
    Counted,
    TooManyAttempts,
    count_address,
    count_login,
    forgive_address,
    forgive_login,
    network_of,
)
from accounts.sessions import start_session
from accounts.sso.enforcement import note_password_login, password_refused
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.services import Target, record, record_apart
from tenants.isolation.directory import Company, normalize_code, provider_company, resolve_company
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic, tenant_transaction


class LoginRefused(Exception):  # noqa: N818
    """Nobody was logged in. The rest is told only to somebody who knew the password.

    `ended_on` is the last day of use of a company that is suspended because it leaves.
    """

    def __init__(self, *, suspended: bool = False, frozen: bool = False, ended_on: date | None = None) -> None:
        super().__init__("log-in refused")
        self.suspended = suspended
        self.ended_on = ended_on
        self.frozen = frozen


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody was let in: the secret of the new session, and the key of the user.

    With `awaiting_factor` nobody is logged in yet: the secret opens nothing but the pages that ask for the second one.
    `is_first` is whether the user has never been in before.
    """

    secret: BearerSecret
    user_key: str
    awaiting_factor: bool = False
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What is known before the password is looked at, and how the attempt was counted."""

    user: User | None
    counted: Counted
    sso_only: bool = False
    shut_out: bool = False


def log_in(*, company_code: str, user_id: str, password: str, devices: Mapping[str, str] | None = None) -> Admission:
    """Log somebody in. `devices` is what `accounts.devices` knows of the browser: its name, by the key of the user.

    Raises LoginRefused, TooManyAttempts (before any hash) or HashingBusy (before the attempt is counted). Runs in
    transactions of its own: a refused attempt must stay on record. Every way through costs exactly one hash and, until
    somebody is let in, the same statements.
    """
    with gate().place():  # or sent away here, before it costs anything
        return _log_in(company_code, user_id, password, devices or {})


def _log_in(company_code: str, user_id: str, password: str, devices: Mapping[str, str]) -> Admission:
    network = network_of(current_origin().ip)
    too_many = _count_address(network)
    if too_many and not devices:
        raise too_many
    company, provider = resolve_company(company_code), provider_company()
    user_id = normalize_user_id(user_id)
    with gate().turn():
        attempt = _count_attempt(company, provider, normalize_code(company_code), user_id, network, devices)
        if too_many and not attempt.counted.by_device:
            raise too_many
        right, outdated = _verify(password, attempt.user)
    closed = company is not None and not company.open and not (right and _may_leave(company, attempt))
    reason = _reason(company, attempt, right=right, closed=closed)
    if reason or company is None or attempt.user is None:
        target = Target("accounts.user", str(attempt.user.id) if attempt.user else "", user_id)
        _record_failure(company or provider, normalize_code(company_code), target, reason)
        raise LoginRefused(
            suspended=right and reason in {"user not active", "company suspended"},
            frozen=right and reason == "company being restored",
            ended_on=company.last_day if company and right and reason == "company suspended" else None,
        )
    new_hash = make_password(password) if outdated else None
    with tenant_transaction(company.tenant_id):
        admission = _admit(attempt.user, new_hash=new_hash)
        forgive_login(attempt.counted)
    forgive_address(network)
    return admission


@atomic()
def log_out(session: Session) -> None:
    """End the session by which somebody is logged in."""
    Session.objects.filter(id=session.id).update(ended_at=timezone.now())
    record(LOGGED_OUT, actor=session.user.as_actor(), target=session.user)


def _count_address(network: str) -> TooManyAttempts | None:
    try:
        count_address(network)
    except TooManyAttempts as refusal:
        return refusal
    return None


def _count_attempt(
    company: Company | None,
    provider: Company | None,
    company_code: str,
    user_id: str,
    network: str,
    devices: Mapping[str, str],
) -> _Attempt:
    """Count the attempt before its password is checked, so that parallel guesses get no more tries than allowed.

    Attempts for a company that nobody has are counted at the provider, in the same way.
    """
    place = company or provider
    if place is None:
        return _Attempt(None, Counted(allowed=False, own=""))  # a fresh installation: there is nobody to guess
    with tenant_transaction(place.tenant_id):
        user = User.objects.filter(user_id=user_id if company else "").first()
        known = devices.get(str(user.id), "") if user is not None else ""
        counted = count_login(
            current_policy(), company_code=company_code, user_id=user_id, address=network, device=known
        )
        return _Attempt(user, counted, sso_only=password_refused(user), shut_out=is_shut_out())


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


def _may_leave(company: Company, attempt: _Attempt) -> bool:
    """Whether the user may take the data of a company along whose use has ended (R3)."""
    if attempt.user is None:
        return False
    with tenant_transaction(company.tenant_id):
        return may_enter(attempt.user)


def _reason(company: Company | None, attempt: _Attempt, *, right: bool, closed: bool) -> str:
    """Why the attempt is refused, for the audit log; empty when it is not."""
    rules = (
        (company is None, "unknown company"),
        (attempt.user is None, "unknown user"),
        (not attempt.counted.allowed, "locked"),
        (attempt.shut_out, OUTSIDE),  # before the password, so that no answer from there tells whether it was right
        (not right, "wrong password"),
        (attempt.sso_only, "single sign-on required"),
        (attempt.user is not None and not attempt.user.is_active, "user not active"),
        (closed, "company suspended"),
        (company is not None and company.frozen, "company being restored"),
    )
    return next((reason for applies, reason in rules if applies), "")


def _record_failure(log: Company | None, company_code: str, target: Target, reason: str) -> None:
    """Into the company's log; for an unknown company into the provider's."""
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
    note_failure(log.tenant_id)


def _admit(checked: User, *, new_hash: str | None) -> Admission:
    """Open the session, unless the account was changed while its password was being checked.

    The one place where a right password becomes a session.
    """
    user = User.objects.select_for_update().get(id=checked.id)
    if not user.is_active or user.password != checked.password:
        raise LoginRefused
    user.password = new_hash or user.password
    user.save(update_fields=["password"])
    note_password_login(user)
    return admit(user, method="password")


def admit(user: User, *, method: str, proved: bool = True, two_factors: bool = False) -> Admission:
    """Open a session for somebody who has proved who they are by that method; in the transaction of the caller.

    Whoever has a second factor is asked for it first, unless the method was two factors in one. `proved` is whether
    the proof was made just now and to us (A11). Raises LoginRefused at an address that is not one of the company's,
    whichever way somebody came (A4), and in a company whose use has ended to all but those who may still enter (T4).
    """
    if is_shut_out() or not may_enter(user):
        raise LoginRefused
    if not two_factors and has_factor(user):
        secret = start_session(user, method=method, proved=False, awaiting_factor=True)
        record(FACTOR_ASKED, actor=user.as_actor(), target=user, after={"method": method})
        return Admission(secret, str(user.id), awaiting_factor=True)
    is_first, user.last_login = user.last_login is None, timezone.now()
    user.save(update_fields=["last_login"])
    secret = start_session(user, method=method, proved=proved)
    record(LOGGED_IN, actor=user.as_actor(), target=user, after={"method": method})
    return Admission(secret, str(user.id), is_first=is_first)
