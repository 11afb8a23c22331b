"""Reports of returned mails (RFC 3464): noted with their mail; forged and foreign ones are refused (N1, N2)."""

import io
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from auditlog.models import AuditEvent
from incidents.mailing.models import DeliveryState
from incidents.mailing.queries import deliveries_of
from incidents.mailing.services import Subscriber
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.incidents.mailing.conftest import Start

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

REPORT = """\
From: MAILER-DAEMON@mx.example
To: no-reply@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

This is the mail system at host mx.example.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {final}
{original}Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{final}>: no such
 user

--x
Content-Type: {part}

Message-ID: {message_id}
To: {final}
Subject: Maintenance

--x--
"""


def report(message_id: str, **changed: str) -> bytes:
    """A report as Postfix writes it."""
    values = {"final": "a@public.example", "original": "", "action": "failed", "part": "text/rfc822-headers"}
    return REPORT.format(message_id=message_id, **(values | changed)).replace("\n", "\r\n").encode()


def take(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> str:
    """What the command says of it."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    out = io.StringIO()
    call_command("mail", "bounced", stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def message_id(start: Start) -> str:
    """That of the mail to a@public.example; another one went to b@public.example."""
    start(subscribers=[Subscriber(f"{name}@public.example", "ja", f"/s/{name}") for name in "ab"])
    return deliveries_of("notice", 7)[0].delivery.message_id


def states() -> dict[str, tuple[str, str]]:
    """State and error by address."""
    found = [each.delivery for each in deliveries_of("notice", 7)]
    return {each.address: (each.state, each.error) for each in found}


SENT = (DeliveryState.SENT, "")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"part": "message/rfc822"},
        {"final": "A@PUBLIC.example"},
        {"final": "a@relay.example", "original": "Original-Recipient: rfc822;a@public.example\n"},
    ],
    ids=["headers", "whole", "case", "forwarded"],
)
def test_a_returned_mail_is_noted(
    provider: Tenant, message_id: str, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str]
) -> None:
    """N2: by Message-ID and address, also where it was forwarded; the same report again changes nothing."""
    raw = report(message_id, **changed)
    assert take(monkeypatch, raw) == take(monkeypatch, raw) == "Noted: a@public.example was not reached."
    reason = f"5.1.1 550 5.1.1 <{changed.get('final', 'a@public.example')}>: no such user"
    assert states() == {"a@public.example": (DeliveryState.BOUNCED, reason), "b@public.example": SENT}
    with tenant_transaction(provider.id):
        assert AuditEvent.objects.filter(action="incidents.mailing.bounced").count() == 1


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_what_is_no_failure_is_not_noted(message_id: str, monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    """N2: a delay may still arrive."""
    assert take(monkeypatch, report(message_id, action=action)) == "Nothing failed for good: nothing noted."
    assert set(states().values()) == {SENT}


def test_forged_and_foreign_reports_are_refused(
    provider: Tenant, message_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N2: each with its reason, on record, and with the code that a mail server takes as final."""
    genuine = report(message_id)
    mail = b"From: a@public.example\r\nSubject: away\r\nMessage-ID: %s\r\n\r\nI am away.\r\n" % message_id.encode()
    refused = {
        "no delivery report": [b"", mail, b"\xff\x00" * 100, genuine.replace(b"multipart/report", b"multipart/mixed")],
        "says nothing about a delivery": [genuine.replace(b"message/delivery-status", b"text/plain")],
        "does not say which mail": [genuine.replace(b"Message-ID", b"X-Other")],
        "about no mail of ours": [report("<0123456789abcdef0123456789abcdef.mailing@localhost>"), report("<x>\0")],
        "another address": [
            report(message_id, final="b@public.example"),
            genuine.replace(b"Final-Rec", b"Fictive-Rec"),
        ],
        "longer than": [genuine + b" " * 5 * 1024 * 1024],
    }
    for reason, raws in refused.items():
        for raw in raws:
            with pytest.raises(CommandError, match=reason) as refusal:
                take(monkeypatch, raw)
            assert refusal.value.returncode == 65
    assert set(states().values()) == {SENT}
    with tenant_transaction(provider.id):
        events = AuditEvent.objects.filter(action="incidents.mailing.bounce_refused", outcome="denied")
        assert events.count() == sum(len(raws) for raws in refused.values())
