"""No page of the database's files holds what was erased, once its tables were written anew (R1)."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from auditlog.models import AuditEvent
from documents.models import Folder
from retention.erasure.models import Erasure, ErasureState, Ground
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.settings import ADMIN_URL, RUN

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

CANARY, NEIGHBOUR = "Rotkehlchen-0815", "Zaunkoenig-0815"


def holds(word: str) -> bool:
    """Whether the file of the table holds the word, in whatever part of a page."""
    with psycopg.connect(ADMIN_URL, dbname=RUN, autocommit=True) as admin:
        admin.execute("CHECKPOINT")
        (content,) = admin.execute("SELECT pg_read_binary_file(pg_relation_filepath('documents_folder'))").fetchone()  # type: ignore[misc]
    return word.encode() in content


def test_the_files_forget_what_was_erased(provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """R1: VACUUM alone leaves the bytes where they were; written anew, they are gone, and the neighbour's are not."""
    for tenant, word in ((globex, NEIGHBOUR), (acme, CANARY)):
        with tenant_scope(tenant.id), transaction.atomic(using=OWNER_ALIAS):
            Folder.objects.using(OWNER_ALIAS).create(name=word)
    with tenant_scope(acme.id), transaction.atomic(using=OWNER_ALIAS):
        Folder.objects.using(OWNER_ALIAS).all().delete()
    with tenant_scope(None), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("VACUUM documents_folder")
    now = timezone.now()
    with platform_transaction():
        Erasure.objects.create(
            tenant_id=acme.id,
            ground=Ground.DELETION,
            state=ErasureState.PROVEN,
            begin_at=now,
            due_at=now,
            counts={"tables": {"documents_folder": 1}},
        )
    assert holds(CANARY)
    call_command("retention", "erasure", "rewrite")
    assert (holds(CANARY), holds(NEIGHBOUR)) == (False, True)
    with tenant_transaction(provider.id):
        assert AuditEvent.objects.filter(action="erasure.rewritten").count() == 1
