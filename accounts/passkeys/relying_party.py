"""Who we are to people's devices: the host name of PUBLIC_URL and its origin, and how accounts are named there (A5)."""

import ipaddress
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from accounts.models import User

_DEFAULT_PORTS = {"http": 80, "https": 443}


def rp_id() -> str:
    """The name to which browsers bind a passkey: it works below this host name and nowhere else."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def own_origin() -> str:
    """The origin as browsers write it down in what the device signs."""
    url = urlsplit(settings.PUBLIC_URL)
    port = f":{url.port}" if url.port and url.port != _DEFAULT_PORTS.get(url.scheme) else ""
    return f"{url.scheme}://{url.hostname}{port}"


def works_here() -> bool:
    """Whether browsers make passkeys for this address at all: it has a name, and comes over TLS unless it is local."""
    name = rp_id()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return urlsplit(settings.PUBLIC_URL).scheme == "https" or name == "localhost"
    return False


def handle_of(user: User) -> bytes:
    """What a device keeps as the name of the account: keys of tenant and user, which say nothing about the person.

    From it alone a log-in without company code finds its tenant, as it does from every bearer secret.
    """
    return user.tenant_id.bytes + user.id.bytes


def tenant_of(handle: bytes) -> UUID | None:
    """The tenant that a handle names; None when it is none of ours."""
    return UUID(bytes=handle[:16]) if len(handle) == 32 else None
