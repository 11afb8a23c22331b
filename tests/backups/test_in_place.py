"""Restore in place (B6): the company is exactly as in the archive, or exactly as before, and always open again."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.login import LoginRefused, log_in
from accounts.menus import READER
from accounts.models import User
from accounts.sessions import find_session
from auditlog.models import AuditEvent
from auditlog.sealing.sealer import seal
from auditlog.sealing.verifying import verify_tenant
from backups.errors import ArchiveDamaged, BackupError
from backups.generations import apply_generations
from backups.models import Archive
from backups.queries import archives
from backups.recovery.inplace import restore_in_place
from backups.recovery.models import Restore, RestoreState
from backups.recovery.rolling import rolled_back_tables
from backups.recovery.sweeping import INTERRUPTED, sweep
from backups.restoring import restore_archive
from backups.verifying import verify_archive
from documents.contents import delete_document, store_file
from documents.models import Document
from documents.names import Place
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import resolve_company
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.services import freeze_tenant, thaw_tenant
from tests.backups.conftest import ACTOR, Stored
from tests.backups.processes import kill, start, table_locked, wait_until_blocked
from tests.backups.tampering import flip, names
from tests.backups.test_round_trip import contents_of, digests
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from vault.keys import key_store
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def rolled_back(tenant_id: UUID) -> dict[str, str]:
    """The digests of what a restore in place puts back."""
    names = {table.name for table in rolled_back_tables()}
    return {name: digest for name, digest in digests(tenant_id).items() if name in names}


def spoil(stored: Stored) -> None:
    """A bad day: files deleted and added, somebody renamed, somebody new, and the store lost a content."""
    with tenant_scope(stored.tenant.id):
        store_file([b"new"], place=Place((), "new.txt"), actor=stored.admin.actor)
        with tenant_transaction(stored.tenant.id):
            delete_document(Document.objects.get(name="binary.dat"), actor=stored.admin.actor)
            User.objects.filter(user_id="emil").update(name="spoilt")
    make_person(stored.tenant, "nora", READER)
    for info in list(document_store().list(f"{stored.tenant.id}/documents/"))[:2]:
        document_store().delete(info.name)


def events(tenant_id: UUID) -> set[str]:
    """Every event, with its values."""
    with tenant_transaction(tenant_id):
        return set(map(repr, AuditEvent.objects.values_list("id", "at", "action", "target_label", "before", "after")))


def the_restore() -> Restore:
    """The only entry of the journal."""
    with platform_transaction():
        return Restore.objects.get()


def is_open(stored: Stored) -> bool:
    """Whether the company lets its people in."""
    company = resolve_company(stored.tenant.company_code)
    return company is not None and not company.frozen


def test_a_company_goes_back_and_its_log_does_not(stored: Stored, neighbour: Stored, archive: Archive) -> None:
    """B6, G7: rows and files as in the archive, the bad day still on record, the neighbour as before."""
    before, next_door = rolled_back(stored.tenant.id), digests(neighbour.tenant.id)
    spoil(stored)
    secret = log_in(company_code="ACME", user_id="anna", password=stored.admin.password).secret
    seal([stored.tenant.id])
    log = events(stored.tenant.id)

    done = restore_in_place(archive, actor=ACTOR)

    assert rolled_back(stored.tenant.id) == before
    assert contents_of(stored.tenant.id) == stored.files
    assert digests(neighbour.tenant.id) == next_door
    assert log < events(stored.tenant.id)
    seal([stored.tenant.id])
    assert verify_tenant(stored.tenant.id).finding is None
    with tenant_transaction(stored.tenant.id):
        assert find_session(secret) is None
    assert log_in(company_code="ACME", user_id="anna", password=stored.admin.password).secret
    with pytest.raises(LoginRefused):
        log_in(company_code="ACME", user_id="nora", password=stored.admin.password)
    assert (done.state, done.objects_count) == (RestoreState.DONE, len(stored.files))
    with tenant_transaction(stored.tenant.id):
        event = AuditEvent.objects.get(action="backups.restored.in_place")
    assert (event.after or {})["archive"] == str(archive.id)
    assert (event.after or {})["safety_archive"] == str(done.safety_archive_id)


def test_the_state_before_is_kept_and_can_be_brought_back(stored: Stored, archive: Archive) -> None:
    """B2, B6: the safety archive is no generation, so no run removes it; restoring it undoes the first."""
    spoil(stored)
    spoilt = rolled_back(stored.tenant.id)
    first = restore_in_place(archive, actor=ACTOR)
    with tenant_scope(stored.tenant.id):
        for one in list(archives_of(stored)):
            verify_archive(one, actor=ACTOR)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("backups.generations.beyond", lambda counted, _generations: list(counted))
            apply_generations(actor=ACTOR)
    (left,) = archives_of(stored)
    assert left.id == first.safety_archive_id
    restore_in_place(left, actor=ACTOR)
    assert rolled_back(stored.tenant.id) == spoilt


def archives_of(stored: Stored) -> list[Archive]:
    """The archives of a company."""
    with tenant_transaction(stored.tenant.id):
        return list(archives())


def test_a_frozen_company_says_so(stored: Stored, neighbour: Stored, client: Client) -> None:
    """B6: log-in answers with the reason, in the reader's language, to who knows the password; sessions wait."""
    secret = log_in(company_code="ACME", user_id="anna", password=stored.admin.password).secret
    freeze_tenant(stored.tenant.id, actor=ACTOR)
    typed = {"company_code": "ACME", "user_id": "anna", "password": stored.admin.password}
    with translation.override("ja"):
        page = client.post(reverse("login"), typed, headers={"accept-language": "ja"}).content.decode()
        assert "メンテナンス中" in page
    assert "メンテナンス中" not in client.post(reverse("login"), {**typed, "password": "wrong"}).content.decode()
    with tenant_transaction(stored.tenant.id):
        assert find_session(secret) is None
    assert log_in(company_code="GLOBEX", user_id="anna", password=neighbour.admin.password).secret
    thaw_tenant(stored.tenant.id, actor=ACTOR)
    with tenant_transaction(stored.tenant.id):
        assert find_session(secret) is not None


def test_a_failure_leaves_everything_as_before(stored: Stored, archive: Archive) -> None:
    """B6: a damaged part is named, nothing was changed, the company is open, and the journal says why."""
    spoil(stored)
    before = digests(stored.tenant.id)
    for name in names(archive.place, ".enc"):
        if name != archive.place.object_list:
            flip(name, -1)
    with pytest.raises(ArchiveDamaged) as caught:
        restore_in_place(archive, actor=ACTOR)
    after = digests(stored.tenant.id)
    log = AuditEvent._meta.db_table
    assert {**after, log: ""} == {**before, log: ""}
    assert is_open(stored)
    entry = the_restore()
    assert (entry.state, entry.error) == (RestoreState.FAILED, str(caught.value))


@pytest.mark.parametrize("table", ["documents_counterparty", "documents_storageuse"])
def test_killed_in_place(stored: Stored, archive: Archive, table: str) -> None:
    """B6: killed before the rows are committed, all is as before; killed after, all is as restored; open both times."""
    spoil(stored)
    restored = table == "documents_storageuse"
    safe = rolled_back(stored.tenant.id)
    with table_locked(table, "SHARE"):
        process = start("backup", "restore", str(archive.id), "--in-place")
        wait_until_blocked(table, process)
        kill(process)
    assert not is_open(stored)

    (ended,) = sweep(actor=ACTOR)

    assert is_open(stored)
    assert sweep(actor=ACTOR) == []
    if restored:
        assert ended.state == RestoreState.DONE
        assert contents_of(stored.tenant.id) == stored.files
    else:
        assert (ended.state, ended.error) == (RestoreState.FAILED, INTERRUPTED)
        assert rolled_back(stored.tenant.id) == safe


def test_killed_beside(stored: Stored, archive: Archive) -> None:
    """B6, D7: contents and keys of a tenant that never came to be are removed by the next restore."""
    known = {info.name for info in document_store().list("")}
    with table_locked("documents_counterparty"):
        process = start("backup", "restore", str(archive.id), "--as", "COPY")
        wait_until_blocked("documents_counterparty", process)
        kill(process)
    lost = the_restore().target_tenant_id
    assert key_store().has_tenant_keys(lost)
    assert {info.name for info in document_store().list("")} > known

    copy = restore_archive(archive, company_code="COPY", actor=ACTOR).tenant

    assert not key_store().has_tenant_keys(lost)
    assert not list(document_store().list(f"{lost}/"))
    assert contents_of(copy.id) == stored.files


def test_two_restores_at_once(stored: Stored, archive: Archive) -> None:
    """B6: the second one is refused, and the company stays closed for the first."""
    with table_locked("documents_counterparty", "SHARE"):
        process = start("backup", "restore", str(archive.id), "--in-place", "--json")
        wait_until_blocked("documents_counterparty", process)
        with pytest.raises(BackupError):
            restore_in_place(archive, actor=ACTOR)
        assert not is_open(stored)
    _out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert is_open(stored)
