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
