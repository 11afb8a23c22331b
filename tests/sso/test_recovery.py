"""The provider lets passwords work again, when single sign-on keeps everybody out (A6)."""

import json
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.login import LoginRefused, log_in
from accounts.sso import connections
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD
from tests.sso.conftest import Side

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def run(*arguments: str) -> str:
    """What `manage.py sso` prints."""
    out = StringIO()
    call_command("sso", *arguments, stdout=out)
    return out.getvalue()


def events(tenant: Tenant) -> list[tuple[str, object]]:
    """What the company's log says of it."""
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(action="accounts.sso.switched_off")
        return [(event.target_label, (event.after or {})["reason"]) for event in found]


def test_passwords_work_again(cast: Cast, acme_side: Side) -> None:
    """On record on both sides and told to the administrators; nobody else's log, nobody else's mail (A6, G10)."""
    with tenant_transaction(acme_side.tenant.id):
        acme_side.connection.tested_at = timezone.now()
        connections.require_sso(acme_side.connection, break_glass=cast.admin.user, actor=cast.admin.actor)
    with pytest.raises(LoginRefused):
        log_in(company_code="ACME", user_id="erin", password=PASSWORD)
    assert "required" in run("show", "acme")
    assert json.loads(run("allow-passwords", "acme", "--reason", "inquiry 12", "--json"))["required"] is False
    assert log_in(company_code="ACME", user_id="erin", password=PASSWORD)
    assert events(cast.admin.tenant) == [(acme_side.provider.entity_id, "inquiry 12")]
    assert events(cast.operator.tenant) == [("ACME", "inquiry 12")]
    assert events(cast.outsider.tenant) == []
    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]
    assert "inquiry 12" in mail.outbox[0].body


def test_what_is_refused(cast: Cast, acme_side: Side) -> None:
    """No such company, nothing to switch off, no reason: refused, and nothing is on record."""
    for arguments in (("NOBODY", "--reason", "x"), ("ACME", "--reason", "x"), ("ACME", "--reason", " ")):
        with pytest.raises(CommandError):
            run("allow-passwords", *arguments)
    assert events(cast.admin.tenant) == []
