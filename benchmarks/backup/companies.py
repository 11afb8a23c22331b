"""Companies to back up: documents, audit events, and files in the document store under each company's own key."""

import os
from uuid import UUID

from benchmarks.audit.sealing import write_events
from benchmarks.filling import bulk
from benchmarks.isolation.dataset import Dataset, Place, key
from documents.models import DocumentVersion
from documents.objects import OBJECT_KIND
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from vault.keys import key_store
from vault.stores import document_store
from vault.streams import write_object


def fill(*, tenants: int, rows: int, files: int = 0, file_bytes: int = 0) -> list[UUID]:
    """So many companies beside the provider. Half of the rows are documents, half audit events; the files are noise."""
    Dataset(tenants, max(rows // 2, tenants), skewed=False).fill()
    with bulk() as cursor:
        cursor.execute(f"TRUNCATE {DocumentVersion._meta.db_table}")  # they name contents that are not there
    companies = [key(0, number) for number in range(1, tenants + 1)]
    with platform_transaction():
        provider = Tenant.objects.create(company_code="PROVIDER", name="Provider", is_provider=True)
    for tenant_id in (provider.id, *companies):
        key_store().create_tenant_keys(tenant_id)
    if rows // 2:
        write_events(companies, rows // 2)
    for number in range(1, tenants + 1):
        _store(Place(number, 1), files, file_bytes)
    return companies


def _store(place: Place, files: int, size: int) -> None:
    """Each file is a version of the company's first document."""
    for number in range(1, files + 1):
        name = str(new_id())
        with write_object(document_store(), place.tenant_id, OBJECT_KIND, name) as out:
            out.write(os.urandom(size))
        with tenant_transaction(place.tenant_id):
            DocumentVersion.objects.create(
                document_id=place.document_id,
                number=number,
                object_name=name,
                size=size,
                sha256=out.written.plain_sha256,
                content_type="application/octet-stream",
                uploaded_by_name="User 1",
            )
