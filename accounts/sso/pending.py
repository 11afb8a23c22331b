"""Log-ins on their way: what was asked of the identity provider, by which browser, and where to go afterwards."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from accounts.sso import messages
from accounts.sso.models import Connection, PendingRequest, Purpose
from accounts.sso.refusals import Reason, SsoRefused
from tenants.isolation.transactions import atomic

_NONCE_BYTES = 32
_RELAY_BYTES = 24
_LOGOUT_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and the nonce that its cookie keeps until it is back."""

    url: str
    nonce: str
    pending: PendingRequest


@atomic()
def begin(
    connection: Connection,
    *,
    purpose: Purpose,
    nonce: str = "",
    next_path: str = "",
    user: User | None = None,
    fresh: bool = False,
) -> Departure:
    """Remember a log-in and return the way to the identity provider. Raises SsoRefused when there is none.

    A browser that has a nonce already keeps it: several log-ins may be on their way in it.
    """
    if not connection.ready:
        raise SsoRefused(Reason.NOT_READY)
    nonce, relay = nonce or secrets.token_urlsafe(_NONCE_BYTES), secrets.token_urlsafe(_RELAY_BYTES)
    row = PendingRequest.objects.create(
        connection=connection,
        purpose=purpose,
        request_id=messages.new_message_id(),
        relay_hash=digest(relay),
        nonce_hash=digest(nonce),
        next_path=safe_path(next_path),
        user=user,
        fresh=fresh,
        expires_at=timezone.now() + timedelta(minutes=settings.SSO_REQUEST_MINUTES),
    )
    message = messages.authn_request(connection, row.request_id, fresh=fresh)
    return Departure(messages.redirect_url(connection, connection.sso_url, "SAMLRequest", message, relay), nonce, row)


@atomic()
def remember_logout(connection: Connection, *, nonce: str, name_id: dict[str, str], session_index: str) -> None:
    """Remember what the identity provider can be told, if the person wants to log out there as well."""
    PendingRequest.objects.create(
        connection=connection,
        purpose=Purpose.LOGOUT,
        request_id=messages.new_message_id(),
        relay_hash=digest(secrets.token_urlsafe(_RELAY_BYTES)),
        nonce_hash=digest(nonce),
        name_id={"parts": name_id, "session_index": session_index},
        expires_at=timezone.now() + timedelta(minutes=_LOGOUT_MINUTES),
    )


def open_request(connection: Connection, relay_state: str, nonce: str) -> PendingRequest:
    """The unanswered request of that RelayState, if this browser started it. Raises SsoRefused."""
    row = _alive().filter(connection=connection, relay_hash=digest(relay_state)).exclude(purpose=Purpose.LOGOUT).first()
    if row is None:
        raise SsoRefused(Reason.NO_REQUEST)
    if not nonce or not secrets.compare_digest(row.nonce_hash, digest(nonce)):
        raise SsoRefused(Reason.OTHER_BROWSER)
    return row


def claim(row: PendingRequest) -> PendingRequest:
    """Use the request up. Of two answers at once, one gets SsoRefused. Call inside a transaction."""
    claimed = PendingRequest.objects.select_for_update().filter(id=row.id, answered_at=None).first()
    if claimed is None:
        raise SsoRefused(Reason.REPLAYED)
    claimed.answered_at = timezone.now()
    claimed.save(update_fields=["answered_at"])
    return claimed


@atomic()
def take_confirmation(user: User, key: UUID) -> bool:
    """Whether the user has just proved at the identity provider who they are; it counts once."""
    confirmed = PendingRequest.objects.filter(id=key, user=user, purpose=Purpose.CONFIRM, expires_at__gt=timezone.now())
    return confirmed.exclude(result=None).update(expires_at=timezone.now()) == 1


def newest_logout(connection: Connection, nonce: str) -> PendingRequest | None:
    """The newest log-out of this browser that the identity provider may be told of."""
    found = _alive().filter(connection=connection, purpose=Purpose.LOGOUT, nonce_hash=digest(nonce))
    return found.order_by("-created_at").first() if nonce else None


def safe_path(path: str) -> str:
    """The path if it leads to a page of ours, else nothing (ASVS 3.7.2)."""
    local = path.startswith("/") and len(path) <= 2000 and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if local else ""


def digest(text: str) -> str:
    """SHA-256 in hexadecimal: enough for a secret that cannot be guessed."""
    return hashlib.sha256(text.encode()).hexdigest()


def _alive() -> QuerySet[PendingRequest]:
    return PendingRequest.objects.filter(answered_at=None, expires_at__gt=timezone.now())
