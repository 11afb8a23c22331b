"""The answer of an identity provider, from the raw message to a session, a link or a test result (A6).

No transaction is open while signatures are checked: that takes two programs and a fifth of a second.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.factors.requirement import sso_suffices
from accounts.leaving import may_enter
from accounts.login import Admission, admit
from accounts.models import Session, User
from accounts.network.admission import is_shut_out
from accounts.sso import pending, queries
from accounts.sso.actions import SSO_FAILED, SSO_TESTED
from accounts.sso.joining import Register, account_of, find_link, link, profile_of
from accounts.sso.models import SSO_TWO_FACTORS, Connection, PendingRequest, Purpose, SsoSession, UsedAssertion
from accounts.sso.refusals import Reason, SsoRefused
from accounts.sso.secondfactor import method_of, says_two_factors
from accounts.sso.validation import Identity, validate
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.services import Target, record, record_apart
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import tenant_transaction


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody is back: what for, where to go, and for a log-in the new session."""

    request: PendingRequest
    admission: Admission | None = None


def arrive(
    tenant_id: UUID, public_id: str, *, raw_response: str, relay_state: str, nonce: str, register: Register
) -> Arrival:
    """Take the answer of the identity provider. Raises SsoRefused; a refusal is on record in the company's log.

    Runs in transactions of its own, since a refusal must stay on record.
    """
    with tenant_transaction(tenant_id):
        connection, company = queries.connection_named(public_id), current_company()
    if connection is None or company is None:
        raise SsoRefused(Reason.NOT_READY)
    row: PendingRequest | None = None
    try:
        if company.frozen:
            raise SsoRefused(Reason.COMPANY_FROZEN)
        with tenant_transaction(tenant_id):
            row = pending.open_request(connection, relay_state, nonce)
        identity = validate(connection, raw_response, row)
        with tenant_transaction(tenant_id):
            return _use(connection, pending.claim(row), identity, register if company.open else _refuse_newcomers)
    except SsoRefused as refusal:
        _note_failure(tenant_id, refusal, test=row if row and row.purpose == Purpose.TEST else None)
        if row and row.purpose == Purpose.TEST:
            return Arrival(row)
        raise


def use_up(name: str, until: datetime) -> None:
    """Let a message with that id never work again. Raises SsoRefused when it has worked before (ASVS 6.8.3)."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    row = UsedAssertion(assertion_id=digest, expires_at=until)
    UsedAssertion.objects.bulk_create([row], ignore_conflicts=True)  # waits for somebody else who is at it
    if not UsedAssertion.objects.filter(id=row.id).exists():
        raise SsoRefused(Reason.REPLAYED)


def _use(connection: Connection, row: PendingRequest, identity: Identity, register: Register) -> Arrival:
    if is_shut_out():
        raise SsoRefused(Reason.ADDRESS)
    use_up(f"{identity.entity_id} {identity.assertion_id}", identity.assertion_until)
    if row.purpose in {Purpose.TEST, Purpose.LINK} and not _in_use():
        raise SsoRefused(Reason.COMPANY_CLOSED)
    if row.purpose == Purpose.TEST:
        _pass_test(connection, row, identity)
        return Arrival(row)
    if row.purpose == Purpose.LINK:
        _link(row, identity)
        return Arrival(row)
    if row.purpose == Purpose.CONFIRM:
        _note_confirmation(row, identity)
        return Arrival(row)
    known = account_of(connection, identity, register=register)
    if not may_enter(known.user):
        raise SsoRefused(Reason.COMPANY_CLOSED, known.user.user_id)
    # One factor, unless the identity provider says that it was two, or the policy does (ASVS 6.8.4); and it may have
    # known the person for hours, so it proves nothing new unless it was asked to look again.
    method = method_of(connection, identity)
    two_factors = method == SSO_TWO_FACTORS or sso_suffices()
    admission = admit(known.user, method=method, proved=row.fresh, two_factors=two_factors)
    session = Session.objects.get(token_hash=admission.secret.hash)
    if identity.session_until and identity.session_until < session.expires_at:
        Session.objects.filter(id=session.id).update(expires_at=identity.session_until)
    SsoSession.objects.create(
        session=session, identity=known, name_id=identity.name_id_parts, session_index=identity.session_index
    )
    return Arrival(row, admission)


def _in_use() -> bool:
    company = current_company()
    return company is not None and company.open


def _refuse_newcomers(**_fields: Any) -> User:
    """Nobody joins a company whose use has ended."""
    raise SsoRefused(Reason.COMPANY_CLOSED)


def _link(row: PendingRequest, identity: Identity) -> None:
    """Somebody who is logged in here has shown who they are over there."""
    user = User.objects.select_for_update().get(id=_asked_by(row))
    if not user.is_active:
        raise SsoRefused(Reason.NOT_ACTIVE, user.user_id)
    known = find_link(identity.entity_id, identity.name_id)
    if known is not None and known.user_id == user.id:
        return
    try:
        link(user, entity_id=identity.entity_id, name_id=identity.name_id, actor=user.as_actor())
    except ValidationError as error:
        raise SsoRefused(Reason.ACCOUNT_TAKEN, identity.name_id) from error


def _note_confirmation(row: PendingRequest, identity: Identity) -> None:
    """Somebody who is logged in here has just proved over there who they are; the browser that asked goes on."""
    known = find_link(identity.entity_id, identity.name_id)
    if known is None or known.user_id != _asked_by(row):
        raise SsoRefused(Reason.UNKNOWN_PERSON, identity.name_id)
    row.result = {"confirmed": True}
    row.save(update_fields=["result"])


def _asked_by(row: PendingRequest) -> UUID:
    """Who started it, being logged in."""
    if row.user_id is None:
        raise SsoRefused(Reason.NO_REQUEST)
    return row.user_id


def _pass_test(connection: Connection, row: PendingRequest, identity: Identity) -> None:
    """Keep what came in for the administrator's eyes; it is deleted with the request."""
    known = find_link(identity.entity_id, identity.name_id)
    row.result = {
        "name_id": identity.name_id_parts,
        "attributes": identity.attributes,
        "authn_context": identity.authn_context,
        "two_factors": says_two_factors(connection, identity),
        "profile": profile_of(connection, identity),
        "linked_to": str(known.user) if known else "",
    }
    row.save(update_fields=["result"])
    Connection.objects.filter(id=connection.id).update(tested_at=timezone.now())
    user = User.objects.get(id=_asked_by(row))
    record(SSO_TESTED, actor=user.as_actor(), target=connection, after={"name_id": identity.name_id})


def _note_failure(tenant_id: UUID, refusal: SsoRefused, *, test: PendingRequest | None) -> None:
    after: dict[str, Any] = {"reason": refusal.reason.value, "detail": refusal.detail}
    if test is not None:
        after["test"] = True
        with tenant_transaction(tenant_id):
            PendingRequest.objects.filter(id=test.id, result__isnull=True).update(
                result={"reason": refusal.reason.value, "detail": refusal.detail}
            )
    record_apart(
        SSO_FAILED,
        actor=Actor.anyone(),
        tenant_id=tenant_id,
        target=Target("sso.connection", label=current_origin().ip or ""),
        outcome=Outcome.FAILURE,
        after=after,
    )
