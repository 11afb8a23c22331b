"""Looks into the audit log and the mail box for the tests of accounts."""

import re
from typing import Any

from django.core import mail
from django.test import Client

from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant


def stranger(**options: Any) -> Client:
    """A browser in which nobody is logged in, and which prefers English."""
    return Client(headers={"accept-language": "en"}, **options)


def page_of(client: Client, address: str, **query: str) -> str:
    """A page as text."""
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def comparable(response: Any) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of an answer, without what differs from request to request by design."""
    nonces = re.findall(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
    body = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", response.content.decode())
    changing = {"X-Request-ID", "Expires", "Content-Length"}  # the length is that of the body, which is compared
    headers = {name: value for name, value in response.headers.items() if name not in changing}
    headers |= {f"cookie {name}": "" for name in response.cookies}
    for nonce in nonces:
        body = body.replace(nonce, "")
        headers["Content-Security-Policy"] = headers["Content-Security-Policy"].replace(nonce, "")
    return response.status_code, body, headers


def actions_of(tenant: Tenant) -> list[str]:
    """The actions in the company's log, oldest first."""
    with tenant_transaction(tenant.id):
        return [event.action for event in AuditEvent.objects.order_by("at", "id")]


def newest_event(tenant: Tenant, action: str) -> AuditEvent:
    """The newest event of that action."""
    with tenant_transaction(tenant.id):
        return AuditEvent.objects.filter(action=action).order_by("at", "id").reverse()[0]


def changes(event: AuditEvent) -> tuple[Any, Any]:
    """What an event recorded as before and after."""
    return event.before, event.after


def mailed_invitation(number: int = -1) -> str:
    """The path of the personal link in a mail."""
    found = re.search(r"https?://[^/\s]+(/invitation/\S+)", str(mail.outbox[number].body))
    assert found is not None
    return found[1]
