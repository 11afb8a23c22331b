"""Single log-out (A6). Our own session always ends here; the identity provider is told if the person wants it.

The other way round, a log-out request ends sessions only if its signature fits a pinned certificate, and NameID and
session index are those of sessions that this identity provider opened. Otherwise nothing happens.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import unquote_plus
from uuid import UUID
from xml.etree.ElementTree import Element

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Session
from accounts.sessions import end_session
from accounts.sso import addresses, messages, pending, queries
from accounts.sso.actions import SSO_LOGGED_OUT
from accounts.sso.document import SAML, SAMLP, parse
from accounts.sso.entering import use_up
from accounts.sso.models import Connection, SsoSession
from accounts.sso.refusals import Reason, SsoRefused
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.transactions import tenant_transaction

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": hashes.SHA384(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": hashes.SHA512(),
}
_INFLATED = 64 * 1024
_FRESH = timedelta(minutes=5)


def remember(session: Session, *, nonce: str) -> Connection | None:
    """Keep what the identity provider would have to be told of this session; call before it ends.

    Returns the connection if there is somebody to tell.
    """
    known = queries.sso_session_of(session)
    connection = queries.connection_of_tenant()
    if known is None or connection is None or not connection.slo_url or not nonce:
        return None
    pending.remember_logout(connection, nonce=nonce, name_id=known.name_id, session_index=known.session_index)
    return connection


def farewell_url(connection: Connection, nonce: str) -> str | None:
    """The address that logs this browser out at the identity provider as well, if it has just logged out here."""
    row = pending.newest_logout(connection, nonce)
    if row is None or not row.name_id or not connection.slo_url:
        return None
    parts, index = row.name_id["parts"], row.name_id["session_index"]
    message = messages.logout_request(connection, row.request_id, parts, index)
    return messages.redirect_url(connection, connection.slo_url, "SAMLRequest", message)


def obey(tenant_id: UUID, public_id: str, raw_query: str) -> str:
    """Do what a signed log-out request says; returns the address of the answer, or an empty text without one.

    Raises SsoRefused, and then nothing has happened.
    """
    with tenant_transaction(tenant_id):
        connection = queries.connection_named(public_id)
    if connection is None:
        raise SsoRefused(Reason.NOT_READY)
    query = _raw_parameters(raw_query)
    _check_signature(connection, query)
    request = _read(unquote_plus(query["SAMLRequest"]))
    _check_request(connection, request)
    with tenant_transaction(tenant_id):
        use_up(f"logout {connection.entity_id} {request.get('ID', '')}", timezone.now() + 2 * _FRESH)
        _end_named(connection, request)
    if not connection.slo_url:
        return ""
    relay = unquote_plus(query.get("RelayState", ""))
    answer = messages.logout_response(connection, request.get("ID", ""))
    return messages.redirect_url(connection, connection.slo_url, "SAMLResponse", answer, relay)


def _raw_parameters(raw_query: str) -> Mapping[str, str]:
    """The parameters as they were written, because the signature is over the very letters; none may come twice."""
    pairs = [part.partition("=")[::2] for part in raw_query.split("&") if part]
    if len(raw_query) > _INFLATED or len({name for name, _value in pairs}) != len(pairs):
        raise SsoRefused(Reason.MALFORMED, "parameters")
    return dict(pairs)


def _check_signature(connection: Connection, query: Mapping[str, str]) -> None:
    names = [name for name in ("SAMLRequest", "RelayState", "SigAlg") if name in query]
    signed = "&".join(f"{name}={query[name]}" for name in names).encode()
    algorithm = _HASHES.get(unquote_plus(query.get("SigAlg", "")))
    if "SAMLRequest" not in query or "Signature" not in query or algorithm is None:
        raise SsoRefused(Reason.BAD_SIGNATURE, "unsigned, or by weak means")
    try:
        signature = base64.b64decode(unquote_plus(query["Signature"]), validate=True)
    except binascii.Error as error:
        raise SsoRefused(Reason.BAD_SIGNATURE, "not base64") from error
    if not any(_fits(pem, signature, signed, algorithm) for pem in connection.certificates):
        raise SsoRefused(Reason.BAD_SIGNATURE, "another key")


def _fits(pem: str, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, signed, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


def _read(encoded: str) -> Element:
    try:
        inflating = zlib.decompressobj(-15)
        raw = inflating.decompress(base64.b64decode(encoded, validate=True), _INFLATED)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise SsoRefused(Reason.MALFORMED, "not deflated") from error
    if inflating.unconsumed_tail:
        raise SsoRefused(Reason.TOO_LARGE)
    _text, root = parse(raw)
    if root.tag != f"{SAMLP}LogoutRequest" or not root.get("ID"):
        raise SsoRefused(Reason.MALFORMED, "not a LogoutRequest")
    return root


def _check_request(connection: Connection, request: Element) -> None:
    if (request.findtext(f"{SAML}Issuer") or "").strip() != connection.entity_id:
        raise SsoRefused(Reason.WRONG_ISSUER)
    if request.get("Destination") != addresses.slo_url(connection):
        raise SsoRefused(Reason.WRONG_DESTINATION)
    issued = parse_datetime(request.get("IssueInstant", ""))
    skew = timedelta(seconds=settings.SSO_CLOCK_SKEW_SECONDS)
    if issued is None or issued.tzinfo is None or abs(timezone.now() - issued) > _FRESH + skew:
        raise SsoRefused(Reason.WRONG_TIME)


def _end_named(connection: Connection, request: Element) -> None:
    """End the sessions of that NameID and those indexes; an index is asked for wherever we know one."""
    element = request.find(f"{SAML}NameID")
    name = "" if element is None else "".join(element.itertext()).strip()
    indexes = {(index.text or "").strip() for index in request.findall(f"{SAMLP}SessionIndex")}
    found = SsoSession.objects.filter(
        identity__entity_id=connection.entity_id, identity__name_id=name, session__ended_at=None
    ).select_related("session__user")
    named = [row for row in found if row.session_index in indexes]
    if not name or not named:
        raise SsoRefused(Reason.UNKNOWN_PERSON, "no such session")
    for row in named:
        end_session(row.session, actor=Actor.system("sso"))
        record(SSO_LOGGED_OUT, actor=Actor.system("sso"), target=row.session.user, after={"name_id": name})
