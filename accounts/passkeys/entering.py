"""Logging in with a passkey: as the second factor behind a password, or alone (A5).

Alone there is no company code, no user ID and no password. The passkey tells the tenant and the user, and is two
factors: the device, and what opens the device. Whatever is wrong, the answer is the same; the log knows more.
"""

from typing import Any
from uuid import UUID

from accounts.actions import IDENTITY_REFUSED, LOGIN_FAILED
from accounts.factors import stepping
from accounts.factors.actions import FACTOR_REFUSED
from accounts.factors.entering import prove
from accounts.leaving import may_enter
from accounts.login import Admission, LoginRefused, admit
from accounts.models import Session, User
from accounts.network.admission import is_shut_out
from accounts.passkeys import ceremonies, proving
from accounts.passkeys.ceremonies import Answer
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.refusals import PasskeyRefused, Reason
from accounts.passkeys.relying_party import tenant_of
from accounts.policy.alerts import note_failure
from accounts.policy.queries import current_policy
from accounts.policy.throttle import count_address, forgive_address, network_of
from accounts.queries import find_user
from accounts.sso.enforcement import note_password_login, password_refused
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.services import Target, record, record_apart
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import Company, current_company, provider_company
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic, tenant_transaction


def log_in(*, answer: str, token: str) -> Admission:
    """Log in whoever the passkey says. Raises LoginRefused, or TooManyAttempts before anything is looked at.

    Runs in transactions of its own: a refused attempt must stay on record.
    """
    network = network_of(current_origin().ip)
    count_address(network)
    given, company = None, None
    try:
        given = ceremonies.read_answer(answer)
        company = _company_of(given)
        with tenant_scope(company.tenant_id):
            user = proving.prove(given, Purpose.ALONE, token=token)
            admission = _admit(user, company)
    except PasskeyRefused as refusal:
        _record_failure(company, given, refusal)
        raise LoginRefused from refusal
    forgive_address(network)
    return admission


def finish_login(pending: Session, *, answer: str, token: str) -> Admission:
    """Finish a log-in that waits for its second factor. Raises PasskeyRefused, or LoginRefused when it is over.

    Signatures cannot be guessed, so nothing is counted; the refusal is on record.
    """
    user = pending.user
    with tenant_scope(pending.tenant_id):
        try:
            proving.prove(ceremonies.read_answer(answer), Purpose.FACTOR, token=token, user=user)
        except PasskeyRefused as refusal:
            record_apart(FACTOR_REFUSED, **_refused(user, refusal))
            raise
        return prove(pending, method="passkey")


@atomic()
def confirm(session: Session, *, answer: str, token: str) -> BearerSecret | None:
    """Confirm by a passkey that it is still the same person; None if it is not proved. Commit in any case (A11)."""
    user = session.user
    try:
        proving.prove(ceremonies.read_answer(answer), Purpose.CONFIRM, token=token, user=user)
    except PasskeyRefused as refusal:
        record(IDENTITY_REFUSED, **_refused(user, refusal))
        return None
    return stepping.confirm(session, by="passkey")


def _refused(user: User, refusal: PasskeyRefused) -> dict[str, Any]:
    after = {"kind": "passkey", "reason": str(refusal.reason), "detail": refusal.detail}
    return {"actor": user.as_actor(), "target": user, "outcome": Outcome.FAILURE, "after": after}


def _company_of(answer: Answer) -> Company:
    tenant_id = tenant_of(answer.handle)
    if tenant_id is None:
        raise PasskeyRefused(Reason.UNKNOWN, "no account named")
    with tenant_scope(tenant_id):
        company = current_company()
    if company is None:
        raise PasskeyRefused(Reason.UNKNOWN, "no such company")
    return company


@atomic()
def _admit(known: User, company: Company) -> Admission:
    """Open the session, if the company lets people in like that."""
    user = User.objects.select_for_update().get(id=known.id)
    rules = (
        (not company.open and not may_enter(user), Reason.COMPANY_CLOSED),
        (company.frozen, Reason.COMPANY_FROZEN),
        (not user.is_active, Reason.NOT_ACTIVE),
        (is_shut_out(), Reason.ADDRESS),
        (not current_policy().passkey_alone, Reason.NOT_ALLOWED),
        (password_refused(user), Reason.SSO_REQUIRED),
    )
    for applies, reason in rules:
        if applies:
            raise PasskeyRefused(reason)
    note_password_login(user)
    return admit(user, method="passkey", two_factors=True)


def _record_failure(company: Company | None, answer: Answer | None, refusal: PasskeyRefused) -> None:
    """Into the log of the company that the passkey names; into the provider's when it names none."""
    log = company or provider_company()
    if log is None:
        return
    target = Target("accounts.user")
    if company is not None and answer is not None:
        with tenant_transaction(company.tenant_id):
            user = find_user(UUID(bytes=answer.handle[16:]))
        target = Target("accounts.user", str(user.id), user.user_id) if user else target
    record_apart(
        LOGIN_FAILED,
        actor=Actor.anyone(target.label),
        tenant_id=log.tenant_id,
        target=target,
        outcome=Outcome.FAILURE,
        after={"method": "passkey", "reason": str(refusal.reason), "detail": refusal.detail},
    )
    note_failure(log.tenant_id)
