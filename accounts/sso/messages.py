"""The SAML messages that we send, and the metadata that describes both sides (pysaml2's classes write the XML)."""

import base64
import zlib
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

from django.utils import timezone
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, md, saml, samlp
from saml2 import xmldsig as ds

from accounts.sso import addresses, keys
from accounts.sso.certificates import read_certificate
from accounts.sso.models import Connection

RSA_SHA256 = ds.SIG_RSA_SHA256


def new_message_id() -> str:
    """An id with 122 random bits; XML wants a letter in front (ASVS 6.7.2)."""
    return f"_{uuid4().hex}"


def instant(moment: datetime | None = None) -> str:
    """A time as SAML writes it."""
    return (moment or timezone.now()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def authn_request(connection: Connection, request_id: str, *, fresh: bool = False) -> str:
    """Ask the identity provider who this is; with `fresh` it must ask for the password again."""
    return str(
        samlp.AuthnRequest(
            id=request_id,
            version="2.0",
            issue_instant=instant(),
            destination=connection.sso_url,
            protocol_binding=BINDING_HTTP_POST,
            assertion_consumer_service_url=addresses.acs_url(connection),
            force_authn="true" if fresh else None,
            issuer=saml.Issuer(text=addresses.entity_id(connection)),
        )
    )


def logout_request(connection: Connection, request_id: str, name_id: dict[str, str], session_index: str) -> str:
    """Tell the identity provider that somebody has logged out here."""
    return str(
        samlp.LogoutRequest(
            id=request_id,
            version="2.0",
            issue_instant=instant(),
            destination=connection.slo_url,
            issuer=saml.Issuer(text=addresses.entity_id(connection)),
            name_id=saml.NameID(
                text=name_id["value"],
                format=name_id.get("format") or None,
                name_qualifier=name_id.get("name_qualifier") or None,
                sp_name_qualifier=name_id.get("sp_name_qualifier") or None,
            ),
            session_index=[samlp.SessionIndex(text=session_index)] if session_index else [],
        )
    )


def logout_response(connection: Connection, in_response_to: str) -> str:
    """Tell the identity provider that the sessions which it named are over."""
    return str(
        samlp.LogoutResponse(
            id=new_message_id(),
            version="2.0",
            issue_instant=instant(),
            destination=connection.slo_url,
            in_response_to=in_response_to,
            issuer=saml.Issuer(text=addresses.entity_id(connection)),
            status=samlp.Status(status_code=samlp.StatusCode(value=samlp.STATUS_SUCCESS)),
        )
    )


def redirect_url(connection: Connection, target: str, kind: str, message: str, relay_state: str = "") -> str:
    """The address that carries a signed message to the identity provider (HTTP-Redirect binding)."""
    deflated = zlib.compress(message.encode())[2:-4]
    query = {kind: base64.b64encode(deflated).decode()}
    if relay_state:
        query["RelayState"] = relay_state
    query["SigAlg"] = RSA_SHA256
    signed = urlencode(query)
    signature = base64.b64encode(keys.sign(connection, signed.encode()))
    return f"{target}{'&' if '?' in target else '?'}{signed}&{urlencode({'Signature': signature})}"


def own_metadata(connection: Connection) -> str:
    """What the administrator of the identity provider loads."""
    services = {
        "assertion_consumer_service": [
            md.AssertionConsumerService(
                binding=BINDING_HTTP_POST, location=addresses.acs_url(connection), index="0", is_default="true"
            )
        ],
        "single_logout_service": [
            md.SingleLogoutService(binding=BINDING_HTTP_REDIRECT, location=addresses.slo_url(connection))
        ],
    }
    descriptor = md.SPSSODescriptor(
        protocol_support_enumeration=samlp.NAMESPACE,
        authn_requests_signed="true",
        want_assertions_signed="true",
        key_descriptor=[_key(connection.sp_certificate)],
        **services,
    )
    return _document(md.EntityDescriptor(entity_id=addresses.entity_id(connection), spsso_descriptor=descriptor))


def pinned_metadata(connection: Connection) -> str:
    """The identity provider as pinned here. What was uploaded is never read again at a log-in."""
    descriptor = md.IDPSSODescriptor(
        protocol_support_enumeration=samlp.NAMESPACE,
        key_descriptor=[_key(pem) for pem in connection.certificates],
        single_sign_on_service=[md.SingleSignOnService(binding=BINDING_HTTP_REDIRECT, location=connection.sso_url)],
    )
    return str(md.EntityDescriptor(entity_id=connection.entity_id, idpsso_descriptor=descriptor))


def _key(pem: str) -> md.KeyDescriptor:
    certificate = ds.X509Certificate(text=read_certificate(pem).base64)
    info = ds.KeyInfo(x509_data=[ds.X509Data(x509_certificate=certificate)])
    return md.KeyDescriptor(use="signing", key_info=info)


def _document(element: md.EntityDescriptor) -> str:
    text = str(element)
    return text if text.startswith("<?xml") else f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
