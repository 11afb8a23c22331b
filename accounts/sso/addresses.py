"""Our own addresses of a connection. They name the tenant and are opaque: no company code can be read from them."""

import secrets
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.sso.models import Connection
from tenants.isolation.secrets import BearerSecret

_RANDOM_BYTES = 16


def new_public_id() -> str:
    """A fresh opaque part of an address."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def public_name(connection: Connection) -> str:
    """How addresses name the connection: `<tenant>.<opaque>`."""
    return f"{connection.tenant_id.hex}.{connection.public_id}"


def parse_public_name(name: str) -> tuple[UUID, str] | None:
    """The tenant and the opaque part, or None for what has not exactly that form."""
    parsed = BearerSecret.parse(name)
    return (parsed.tenant_id, parsed.random) if parsed else None


def entity_id(connection: Connection) -> str:
    """Who we are to the identity provider: the address of our metadata."""
    return _absolute("sso_metadata", connection)


def acs_url(connection: Connection) -> str:
    """Where the identity provider sends people back to."""
    return _absolute("sso_acs", connection)


def slo_url(connection: Connection) -> str:
    """Where the identity provider announces log-outs."""
    return _absolute("sso_slo", connection)


def start_url(connection: Connection) -> str:
    """Where a log-in starts; fit for a bookmark and for the tile of an identity provider."""
    return _absolute("sso_start", connection)


def _absolute(name: str, connection: Connection) -> str:
    return str(settings.PUBLIC_URL) + reverse(name, args=[public_name(connection)])
