"""From rows and files to an archive and back (B4, B6)."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connections

from accounts.login import log_in
from auditlog.models import AuditEvent
from backups.content import archived_tables
from backups.models import Archive, State
from backups.restoring import restore_archive
from backups.verifying import verify_archive
from documents.models import DocumentVersion
from documents.objects import open_content
from documents.queries import path_of
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State as TenantState
from tests.backups.conftest import ACTOR, Stored
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def digests(tenant_id: UUID, *, of_log: bool = True) -> dict[str, str]:
    """A digest of a tenant's rows, table by table, without the tenant itself."""
    found = {}
    with connections["owner"].cursor() as cursor:
        for table in archived_tables():
            columns = ", ".join(f'"{name}"' for name in table.columns[1:])
            cursor.execute(
                f"SELECT md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM"
                f" (SELECT {columns} FROM {table.name} WHERE tenant_id = %s) r",
                [tenant_id],
            )
            if of_log or table.model is not AuditEvent:
                found[table.name] = cursor.fetchone()[0]
    return found


def test_a_restored_company_is_the_same_and_works(
    stored: Stored, neighbour: Stored, take: Callable[[], Archive]
) -> None:
    """B4, B6: rows and files come back bit for bit, users log in with their passwords, the neighbour is untouched."""
    before, next_door = digests(stored.tenant.id), digests(neighbour.tenant.id)
    archive = take()
    with tenant_scope(archive.tenant_id):
        assert verify_archive(archive, actor=ACTOR)
    assert archive.state == State.VERIFIED
    assert archive.object_count == len(stored.files)

    restored = restore_archive(archive, company_code="acme-copy", actor=ACTOR)

    assert (restored.tenant.company_code, restored.tenant.state) == ("ACME-COPY", TenantState.ACTIVE)
    assert not restored.tenant.is_provider
    after = digests(restored.tenant.id, of_log=False)
    assert after == {table: digest for table, digest in before.items() if table in after}
    assert digests(neighbour.tenant.id) == next_door
    with tenant_transaction(restored.tenant.id):
        contents = {
            path_of(version.document.folder, version.document.name): open_content(version).read()
            for version in DocumentVersion.objects.select_related("document__folder")
        }
    assert contents == stored.files
    secret = log_in(company_code="ACME-COPY", user_id="anna", password=stored.admin.password)
    assert secret.tenant_id == restored.tenant.id
