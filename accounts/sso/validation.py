"""The one way from a SAML response to somebody's identity (A6; research/identity.md section 3, ASVS 6.8.1-6.8.4).

pysaml2 checks the signature, but accepts messages without audience, conditions, destination or end of validity, for
another recipient, from another issuer, and by SHA-1. All of that is refused here. What tells the administrator most
comes first; an Identity exists only when everything has passed, the signature last.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.sso import addresses
from accounts.sso.certificates import read_certificate
from accounts.sso.document import SAML, Document, decode, read_response
from accounts.sso.models import Connection, PendingRequest
from accounts.sso.refusals import Reason, SsoRefused
from accounts.sso.signatures import verified

_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_NAME_LENGTH = 256
_KNOWN_CONDITIONS = {f"{SAML}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the company's identity provider says. `entity_id` and `name_id` together are the key."""

    entity_id: str
    name_id: str
    name_id_parts: dict[str, str]
    assertion_id: str
    assertion_until: datetime
    session_index: str = ""
    session_until: datetime | None = None
    authn_context: str = ""
    attributes: dict[str, list[str]] = field(default_factory=dict)


def validate(connection: Connection, raw_response: str, request_row: PendingRequest) -> Identity:
    """The identity in the answer to that request. Raises SsoRefused; writes nothing."""
    if connection.refuse_expired and all(read_certificate(pem).expired for pem in connection.certificates):
        raise SsoRefused(Reason.CERTIFICATE_EXPIRED)
    document = read_response(decode(raw_response))
    _check_envelope(document, connection, request_row)
    until = _check_assertion(document.assertion, connection, request_row)
    identity = _identity(document.assertion, connection, until, fresh=request_row.fresh, since=request_row.created_at)
    answer = verified(connection, raw_response, request_row.request_id)
    # Two readings of one message: they must name the same person.
    if answer.assertion.id != identity.assertion_id or (answer.name_id.text or "").strip() != identity.name_id:
        raise SsoRefused(Reason.WRONG_STRUCTURE, "two readings differ")
    return identity


def _check_envelope(document: Document, connection: Connection, request: PendingRequest) -> None:
    response = document.response
    if _issuer(response) != connection.entity_id or _issuer(document.assertion) != connection.entity_id:
        raise SsoRefused(Reason.WRONG_ISSUER, f"{_issuer(response)} / {_issuer(document.assertion)}")
    if response.get("Destination") != addresses.acs_url(connection):
        raise SsoRefused(Reason.WRONG_DESTINATION, response.get("Destination", "none"))
    if response.get("InResponseTo") != request.request_id:
        raise SsoRefused(Reason.WRONG_REQUEST)
    if _time(response, "IssueInstant", required=True) < request.created_at - _skew():
        raise SsoRefused(Reason.WRONG_TIME, "issued before it was asked for")


def _check_assertion(assertion: Element, connection: Connection, request: PendingRequest) -> datetime:
    """Conditions and confirmation; returns until when the assertion could be used."""
    conditions = _only(assertion, "Conditions", Reason.NO_CONDITIONS)
    _check_time(conditions)
    audiences = conditions.findall(f"{SAML}AudienceRestriction")
    if not audiences or any(child.tag not in _KNOWN_CONDITIONS for child in conditions):
        raise SsoRefused(Reason.NO_CONDITIONS, "audience missing, or a condition that we do not know")
    for restriction in audiences:
        named = [_text(audience) for audience in restriction.findall(f"{SAML}Audience")]
        if addresses.entity_id(connection) not in named:
            raise SsoRefused(Reason.WRONG_AUDIENCE, " ".join(named))
    subject = _only(assertion, "Subject", Reason.NO_NAME)
    bearers = [each for each in subject.findall(f"{SAML}SubjectConfirmation") if each.get("Method") == _BEARER]
    if len(bearers) != 1:
        raise SsoRefused(Reason.NO_CONDITIONS, f"{len(bearers)} bearer confirmations")
    confirmation = _only(bearers[0], "SubjectConfirmationData", Reason.NO_CONDITIONS)
    if confirmation.get("Recipient") != addresses.acs_url(connection):
        raise SsoRefused(Reason.WRONG_DESTINATION, confirmation.get("Recipient", "no recipient"))
    if confirmation.get("InResponseTo") != request.request_id:
        raise SsoRefused(Reason.WRONG_REQUEST)
    until = _time(confirmation, "NotOnOrAfter", required=True)
    _check_time(confirmation)
    return until + _skew()


def _identity(assertion: Element, connection: Connection, until: datetime, *, fresh: bool, since: datetime) -> Identity:
    name = _only(_only(assertion, "Subject", Reason.NO_NAME), "NameID", Reason.NO_NAME)
    value = _text(name)
    if not value or len(value) > _NAME_LENGTH or not value.isprintable() or name.get("Format") == _TRANSIENT:
        raise SsoRefused(Reason.NO_NAME, name.get("Format", ""))
    statement = _only(assertion, "AuthnStatement", Reason.MALFORMED)
    oldest = since if fresh else timezone.now() - timedelta(hours=settings.SSO_AUTHENTICATION_HOURS)
    if _time(statement, "AuthnInstant", required=True) < oldest - _skew():
        raise SsoRefused(Reason.TOO_OLD)
    session_until = _time(statement, "SessionNotOnOrAfter") if statement.get("SessionNotOnOrAfter") else None
    if session_until and session_until <= timezone.now():
        raise SsoRefused(Reason.WRONG_TIME, "session over")
    context = statement.find(f"{SAML}AuthnContext/{SAML}AuthnContextClassRef")
    keys = {"Format": "format", "NameQualifier": "name_qualifier", "SPNameQualifier": "sp_name_qualifier"}
    return Identity(
        entity_id=connection.entity_id,
        name_id=value,
        name_id_parts={"value": value} | {ours: name.get(theirs, "") for theirs, ours in keys.items()},
        assertion_id=assertion.get("ID", ""),
        assertion_until=until,
        session_index=statement.get("SessionIndex", "")[:_NAME_LENGTH],
        session_until=session_until,
        authn_context="" if context is None else _text(context),
        attributes=_attributes(assertion),
    )


def _attributes(assertion: Element) -> dict[str, list[str]]:
    """Every attribute by its name, and by its friendly name where no other one has it."""
    found: dict[str, list[str]] = {}
    friendly: dict[str, list[str]] = {}
    for attribute in assertion.iter(f"{SAML}Attribute"):
        values = [_text(value) for value in attribute.findall(f"{SAML}AttributeValue")]
        found.setdefault(attribute.get("Name", ""), []).extend(values)
        if attribute.get("FriendlyName"):
            friendly.setdefault(attribute.get("FriendlyName", ""), []).extend(values)
    return friendly | found


def _only(parent: Element, name: str, reason: Reason) -> Element:
    """The one child of that name."""
    children = parent.findall(SAML + name)
    if len(children) != 1:
        raise SsoRefused(reason, f"{len(children)} {name}")
    return children[0]


def _issuer(element: Element) -> str:
    return _text(_only(element, "Issuer", Reason.WRONG_ISSUER))


def _text(element: Element) -> str:
    """The whole text, as signed: comments are no part of it, and do not end it either."""
    return "".join(element.itertext()).strip()


def _check_time(element: Element) -> None:
    now = timezone.now()
    if element.get("NotBefore") and _time(element, "NotBefore") > now + _skew():
        raise SsoRefused(Reason.WRONG_TIME, "not yet valid")
    if element.get("NotOnOrAfter") and _time(element, "NotOnOrAfter") <= now - _skew():
        raise SsoRefused(Reason.WRONG_TIME, "no longer valid")


def _time(element: Element, name: str, *, required: bool = False) -> datetime:
    text = element.get(name, "")
    if required and not text:
        raise SsoRefused(Reason.NO_CONDITIONS, f"no {name}")
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise SsoRefused(Reason.MALFORMED, name)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _skew() -> timedelta:
    return timedelta(seconds=settings.SSO_CLOCK_SKEW_SECONDS)
