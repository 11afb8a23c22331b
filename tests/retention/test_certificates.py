"""Certificates of erasure: each number can be recomputed, the signature verified, and each is sent once (R1, R2)."""

import base64
import hashlib
import json
from contextlib import ExitStack
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core import mail
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.menus import OPERATOR
from auditlog.models import AuditEvent
from backups.models import Archive
from backups.taking import take_archive
from documents.models import Document, DocumentVersion
from retention.certificates.models import Certificate
from retention.certificates.printing import pdf
from retention.certificates.queries import certificate_of
from retention.certificates.signing import read_signed
from retention.certificates.tasks import certify
from retention.deletion.services import confirm_deletion, request_deletion
from retention.erasure.models import Erasure, Ground
from retention.erasure.services import plan_erasure, run_erasure
from tenants.contract.models import Organisation
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, furnish
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person, make_person
from vault.errors import SignatureInvalid
from vault.keys import key_store
from vault.stores import backup_store, document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

LIST = "/operator/erasures/"


@pytest.fixture
def operator(vault: Settings, provider: Tenant, acme: Tenant, globex: Tenant) -> Person:
    for tenant in (provider, acme, globex):
        key_store().create_tenant_keys(tenant.id)
    return make_person(provider, "olga", OPERATOR)


@pytest.fixture
def counted(operator: Person, acme: Tenant, globex: Tenant) -> dict[str, int]:
    """ACME with data and an archive, and what there is of it, counted by hand."""
    furnish(globex, size=300)
    furnish(acme, size=5000)
    with tenant_scope(acme.id):
        take_archive(actor=ACTOR)
    with platform_transaction():
        contacts = {"system_email": "system@acme.example", "billing_email": "billing@acme.example"}
        Organisation.objects.update_or_create(tenant_id=acme.id, defaults={"name": acme.name, **contacts})
    stored = list(document_store().list(f"{acme.id}/"))
    with tenant_transaction(acme.id):
        return {
            "documents_document": Document.objects.count(),
            "documents_documentversion": DocumentVersion.objects.count(),
            "backups_archive": Archive.objects.count(),
            "objects": len(stored),
            "bytes": sum(info.size for info in stored),
            "archived": len(list(backup_store().list(f"tenants/{acme.id}/"))),
        }


@pytest.fixture
def erased(counted: dict[str, int], operator: Person, provider: Tenant, acme: Tenant) -> Erasure:
    """ACME deleted by two operators, erased and proven."""
    second = make_person(provider, "otto", OPERATOR)
    asked = request_deletion(
        acme, typed_code="ACME", reason="Contract ended", operator=operator.user, actor=operator.actor
    )
    done = confirm_deletion(asked.id, typed_code="ACME", operator=second.user, actor=second.actor)
    assert done.erasure_id
    return run_erasure(done.erasure_id, actor=ACTOR)


def certificate(erasure: Erasure) -> Certificate:
    found = certificate_of(erasure.id)
    assert found is not None
    return found


def test_a_certificate_is_true_signed_and_sent_once(
    erased: Erasure, counted: dict[str, int], operator: Person, provider: Tenant, acme: Tenant
) -> None:
    """R1, R2: one erasure, one certificate: its numbers, its signature, its mail, its pages."""
    client = operator.client()
    assert client.get(f"{LIST}{erased.id}/certificate-ja.pdf").status_code == 404, "there is none before"
    mail.outbox.clear()
    certify.apply()
    first = certificate(erased)
    certify.apply()
    again = certificate(erased)
    assert (again.id, again.number, again.recipients) == (first.id, f"E-{timezone.now():%Y}-00001", 2)
    _every_number_is_what_was_there(first.content, erased, counted, acme)
    _it_was_sent_once(first, provider)
    _anybody_verifies_the_file(client.get(f"{LIST}{erased.id}/certificate.json"), first)
    _the_pages_show_it(client, erased, first)
    papers = {language: pdf(first, language) for language in ("ja", "en")}
    assert all(paper.startswith(b"%PDF-") and len(paper) > 5000 for paper in papers.values())
    assert papers["ja"] != papers["en"]
    assert deeds(provider) == ["issued", "sent", "exported", "exported"]


def _every_number_is_what_was_there(
    content: dict[str, Any], erased: Erasure, counted: dict[str, int], acme: Tenant
) -> None:
    """Rows, objects and bytes as counted by hand before; nothing left; reasons; digests of the ledger."""
    removed = content["removed"]
    for table in ("documents_document", "documents_documentversion", "backups_archive"):
        assert removed["tables"][table] == counted[table]
    assert removed["stores"]["documents.objects"] == counted["objects"]
    assert removed["stores"]["documents.bytes"] == counted["bytes"]
    assert removed["stores"]["backups.objects"] == counted["archived"]
    assert sum(content["proof"]["tables"].values()) == 0
    assert content["proof"]["residue"] == []
    assert content["proof"]["decryption"]["archive"]
    assert content["key_ids"] == erased.key_ids != []
    assert {line["why"] for line in content["stays"]} >= {"organisation", "evidence"}
    assert content["company"] == {"id": str(acme.id), "code": "ACME", "name": acme.name}
    names = [info.name for info in backup_store().list(f"platform/erasures/{acme.id}/")]
    assert sorted(content["ledger"]) == sorted(name for name in names if str(erased.id) in name) != []
    for name, digest in content["ledger"].items():
        with backup_store().open(name) as reader:
            assert hashlib.sha256(reader.read()).hexdigest() == digest


def _it_was_sent_once(first: Certificate, provider: Tenant) -> None:
    """To the contacts of the organisation record, in both languages."""
    (sent,) = mail.outbox
    assert sent.to == ["system@acme.example", "billing@acme.example"]
    names = [attachment[0] for attachment in sent.attachments]
    assert names == [f"{first.number}-ja.pdf", f"{first.number}-en.pdf", f"{first.number}.json"]
    assert "データ消去証明書" in sent.subject
    assert first.digest in sent.body
    assert "All data of your company (ACME) was erased" in sent.body
    assert "貴社（ACME）の全データを" in sent.body


def _anybody_verifies_the_file(answer: Any, first: Certificate) -> None:
    """Ed25519 over the statement, with nothing of ours; one changed number is noticed."""
    assert answer["Content-Disposition"].startswith("attachment")
    found = json.loads(answer.content)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(found["public_key"]))
    public.verify(base64.b64decode(found["signature"]), found["statement"].encode())
    assert read_signed(answer.content) == first.content
    forged = {**found, "statement": found["statement"].replace('"documents_document":4', '"documents_document":3')}
    assert forged["statement"] != found["statement"]
    for content in (json.dumps(forged).encode(), b"{}", b"\xff", b'"text"'):
        with pytest.raises(SignatureInvalid):
            read_signed(content)


def _the_pages_show_it(client: Client, erased: Erasure, first: Certificate) -> None:
    """The list, the whole erasure, the papers."""
    assert "ACME" in client.get(LIST).content.decode()
    page = client.get(f"{LIST}{erased.id}/").content.decode()
    for words in ("Erased and proven", "documents_document", "Proof of absence", "What stays", first.number):
        assert words in page
    assert client.get(f"{LIST}{erased.id}/certificate-en.pdf").content.startswith(b"%PDF-")
    assert client.get(f"{LIST}{erased.id}/certificate-fr.pdf").status_code == 404


def deeds(provider: Tenant) -> list[str]:
    with tenant_transaction(provider.id):
        events = AuditEvent.objects.filter(action__startswith="erasure.certificate").order_by("at", "id")
        return [event.action.rpartition(".")[2] for event in events]


def test_nothing_is_certified_before_it_is_proven(counted: dict[str, int], acme: Tenant) -> None:
    """R1: a planned erasure has no certificate, and no mail goes out."""
    now = timezone.now()
    plan_erasure(acme, ground=Ground.CANCELLATION, ground_id=None, begin_at=now, due_at=now, actor=ACTOR)
    mail.outbox.clear()
    certify.apply()
    with platform_transaction():
        assert not Certificate.objects.exists()
    assert mail.outbox == []


def test_the_list_costs_the_same_for_many(operator: Person) -> None:
    """One row or thirty: the same queries."""
    client = operator.client()

    def more(count: int) -> None:
        now = timezone.now()
        with platform_transaction():
            for number in range(count):
                tenant = Tenant.objects.create(company_code=f"C{Tenant.objects.count()}-{number}", name="Gone")
                Erasure.objects.create(tenant_id=tenant.id, ground=Ground.CANCELLATION, begin_at=now, due_at=now)

    def queries() -> int:
        with ExitStack() as stack:
            seen = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in ("default", "platform")]
            assert client.get(LIST).status_code == 200
        return sum(map(len, seen))

    more(1)
    few = queries()
    more(23)
    assert queries() == few
