"""Orders, what is in the store for them, and many events at once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connections

from auditlog.actors import Actor
from auditlog.exports.models import AuditExport
from auditlog.exports.objects import open_file, stored_files
from auditlog.exports.ordering import order_export
from auditlog.exports.periods import Period
from config.celery import app
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

_MANY = """
INSERT INTO auditlog_auditevent (
    tenant_id, id, at, retention_class, kind, action, outcome, actor_kind, actor_id, actor_user_id, actor_name, ip,
    user_agent, session_id, request_id, target_type, target_id, target_label, before, after)
SELECT %s, overlay(gen_random_uuid()::text PLACING '7' FROM 15)::uuid, %s::timestamptz + n * interval '1 millisecond',
    'd180', 'data', 'documents.file.downloaded', 'success', 'user', gen_random_uuid(), 'erin' || n %% 50, 'Erin',
    '192.0.2.17', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0',
    gen_random_uuid(), md5(n::text), 'documents.document', gen_random_uuid()::text,
    '契約書/2026年/請求書' || n || '.pdf', NULL, jsonb_build_object('size', n, 'version', n %% 7)
FROM generate_series(1, %s) AS n
"""


@pytest.fixture(autouse=True)
def stores(settings: LazySettings, tmp_path: Path) -> None:
    """Where the files and the heads of this test are."""
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"


@pytest.fixture
def jobs_wait() -> Iterator[None]:
    """Jobs stay in the queue: nobody is there to do them."""
    app.conf.task_always_eager = False
    yield
    app.control.purge()
    app.conf.task_always_eager = True


def write_many(tenant: Tenant, count: int) -> None:
    """Events of the last hour, as the owner of the database."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(_MANY, [tenant.id, datetime.now(UTC) - timedelta(hours=1), count])


def today() -> Period:
    """Yesterday and today, up to now."""
    now = datetime.now(UTC)
    return Period(now - timedelta(days=1), now + timedelta(seconds=1))


def ordered(tenant: Tenant, actor: Actor, *, form: str = "csv", **conditions: Sequence[str]) -> AuditExport:
    """An order that its job has carried out already, if jobs run at once."""
    with tenant_transaction(tenant.id):
        row = order_export(today(), form=form, conditions=conditions, actor=actor)
    return refreshed(row)


def refreshed(row: AuditExport) -> AuditExport:
    """The row as it is now."""
    with tenant_transaction(row.tenant_id):
        return AuditExport.objects.get(id=row.id)


def content_of(row: AuditExport) -> bytes:
    """The file of an export."""
    with open_file(row) as reader:
        return reader.read()


def stored(tenant: Tenant) -> set[str]:
    """The runs that have a file in the store."""
    with tenant_transaction(tenant.id):
        return {name for name, _modified in stored_files()}
