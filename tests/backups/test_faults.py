"""Whatever happens to an archive in its store: it is refused with the cause named, and nothing is changed (B4, B5)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.conf import LazySettings, settings
from django.db import connections

from auditlog.models import AuditEvent
from backups.errors import ArchiveDamaged, BackupError, Cause, RestoreRefused
from backups.layout import objects_prefix
from backups.manifest import FORMAT, read_manifest
from backups.models import Archive, State
from backups.restoring import restore_archive
from backups.taking import take_archive
from backups.verifying import check_parts, verify_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tenants.queries import all_tenants
from tests.backups.conftest import ACTOR, Stored
from tests.backups.tampering import content_of, flip, names, replace, rewrite_manifest
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from tests.factories.tenants import make_tenant
from vault.errors import StoreUnavailable, VaultError
from vault.keys import key_store
from vault.stores import backup_store, document_store, open_store

pytestmark = [pytest.mark.django_db(transaction=True, databases=EVERY_ROLE), pytest.mark.usefixtures("own_parts")]

USERS, LIST = "accounts_user.zst.enc", "objects.zst.enc"
Refusal = TypeVar("Refusal", bound=BackupError | VaultError)
POSITIONS = (0, 10, 60, 200, -1)


def state_of_everything() -> dict[str, Any]:
    """What a refused restore must leave as it is."""
    counts = {}
    tables = ("accounts_user", "documents_documentversion", "backups_archive")
    with connections["owner"].cursor() as cursor:
        # That a restore failed is recorded, of course.
        for table in (*tables, "auditlog_auditevent WHERE action <> 'backups.restore.refused'"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()
    return {
        "tenants": [tenant.id for tenant in all_tenants()],
        "rows": counts,
        "documents": [info.name for info in document_store().list()],
        "keys": [info.name for info in open_store(settings.VAULT_KEY_STORE, create=False).list("tenants")],
    }


@contextmanager
def refused(cause: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """The block is refused and has changed nothing."""
    before = state_of_everything()
    with pytest.raises(cause) as caught:
        yield caught
    assert state_of_everything() == before


def assert_damaged(archive: Archive, cause: Cause, part: str) -> None:
    """Verifying says what is wrong, and restoring refuses for the same reason: by itself, and by the catalogue."""
    with refused(ArchiveDamaged) as caught:
        restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert (caught.value.cause, caught.value.part.endswith(part)) == (cause, True), caught.value
    with tenant_scope(archive.tenant_id):
        assert not verify_archive(archive, actor=ACTOR)
    with tenant_transaction(archive.tenant_id):
        found = Archive.objects.get(id=archive.id)
        event = AuditEvent.objects.get(action="backups.archive.damaged")
    assert found.state == State.DAMAGED
    assert cause.value in found.error
    assert event.outcome == "failure"
    assert (event.after or {})["cause"] == cause.value
    with refused(RestoreRefused) as refusal:
        restore_archive(found, company_code="COPY", actor=ACTOR)
    assert cause.value in str(refusal.value)


@pytest.mark.parametrize("part", [USERS, LIST])
def test_a_flipped_bit_in_a_part(archive: Archive, part: str) -> None:
    """B4, B5: in the head, in the wrapped key, in the content or in the last tag."""
    (name,) = names(archive.place, part)
    assert_every_flip_is_seen(archive, name)
    flip(name, POSITIONS[0])
    assert_damaged(archive, Cause.UNREADABLE, part)


def test_a_flipped_bit_in_a_file(archive: Archive, stored: Stored) -> None:
    """B4, B5: every content is decrypted and compared."""
    largest = max(backup_store().list(objects_prefix(stored.tenant.id)), key=lambda info: info.size).name
    assert_every_flip_is_seen(archive, largest)
    flip(largest, len(content_of(largest)) // 2)
    assert_damaged(archive, Cause.UNREADABLE, largest)


def assert_every_flip_is_seen(archive: Archive, name: str) -> None:
    """One after the other, with the object whole again in between."""
    store = backup_store()
    manifest = read_manifest(store, archive.place)
    for position in POSITIONS:
        flip(name, position)
        with pytest.raises(ArchiveDamaged) as caught:
            check_parts(store, manifest)
        assert caught.value.part == name, position
        flip(name, position)
    check_parts(store, manifest)


def test_the_end_is_missing(store_kind: str, archive: Archive) -> None:
    """B5: a truncated part."""
    (name,) = names(archive.place, USERS)
    replace(name, content_of(name)[:-1])
    assert_damaged(archive, Cause.SIZE, USERS)


def test_a_part_is_missing(store_kind: str, archive: Archive) -> None:
    """B5: a part is gone from the store, folder or bucket."""
    (name,) = names(archive.place, USERS)
    backup_store().delete(name)
    assert_damaged(archive, Cause.PART_MISSING, USERS)


def test_a_file_is_missing(store_kind: str, archive: Archive, stored: Stored) -> None:
    """B5: a content is gone."""
    missing = next(backup_store().list(objects_prefix(stored.tenant.id))).name
    backup_store().delete(missing)
    assert_damaged(archive, Cause.PART_MISSING, missing)


def test_swapped_tables(archive: Archive) -> None:
    """B4: a part is bound to its table, not only to its tenant. Even with a manifest that agrees it is refused."""
    (users,), (roles,) = names(archive.place, USERS), names(archive.place, "accounts_role.zst.enc")
    content = content_of(users)
    replace(users, content_of(roles))
    replace(roles, content)

    def agree(manifest: dict[str, Any]) -> None:
        entries = {table["name"]: table for table in manifest["tables"]}
        user, role = entries["accounts_user"], entries["accounts_role"]
        user["cipher"], role["cipher"] = role["cipher"], user["cipher"]

    rewrite_manifest(archive.place, agree, sign=True)
    _forget_digest(archive)
    assert_damaged(archive, Cause.UNREADABLE, ".zst.enc")


def test_a_part_of_an_earlier_archive(archive: Archive, take: Callable[[], Archive]) -> None:
    """B4: yesterday's users in today's archive."""
    later = take()
    (old,), (new,) = names(archive.place, USERS), names(later.place, USERS)
    content = content_of(old)
    replace(new, content)
    assert_damaged(later, Cause.UNREADABLE if len(content) == _size_in(later, "accounts_user") else Cause.SIZE, USERS)


def _size_in(archive: Archive, table: str) -> int:
    manifest = read_manifest(backup_store(), archive.place)
    return next(entry.part.cipher.bytes for entry in manifest.tables if entry.name == table and entry.part)


def test_the_manifest_of_another_tenant(archive: Archive, neighbour: Stored) -> None:
    """B4: properly signed, but somebody else's."""
    with tenant_scope(neighbour.tenant.id):
        theirs = take_archive(actor=ACTOR)
    replace(archive.place.manifest, content_of(theirs.place.manifest))
    assert_damaged(archive, Cause.MISPLACED, "manifest.json")


def test_the_manifest_of_an_earlier_archive(archive: Archive, take: Callable[[], Archive]) -> None:
    """B4: properly signed and the same tenant's, but of another day."""
    later = take()
    replace(later.place.manifest, content_of(archive.place.manifest))
    assert_damaged(later, Cause.MISPLACED, "manifest.json")


def test_another_manifest_of_the_same_archive(archive: Archive) -> None:
    """B5: properly signed and in its place, but not the one that the catalogue remembers."""

    def claim_less(manifest: dict[str, Any]) -> None:
        manifest["objects"]["count"] -= 1

    rewrite_manifest(archive.place, claim_less, sign=True)
    assert_damaged(archive, Cause.REPLACED, "manifest.json")


def test_no_manifest(store_kind: str, archive: Archive) -> None:
    """B4: without it there is no backup."""
    backup_store().delete(archive.place.manifest)
    assert_damaged(archive, Cause.NO_MANIFEST, "manifest.json")


def test_a_forged_signature(archive: Archive) -> None:
    """B4: a changed manifest under the old signature."""

    def raise_count(manifest: dict[str, Any]) -> None:
        manifest["tables"][0]["rows"] += 1

    rewrite_manifest(archive.place, raise_count)
    assert_damaged(archive, Cause.SIGNATURE, "manifest.json")


def test_the_signature_of_another_key(archive: Archive) -> None:
    """B4: signed by a key of ours, but for another purpose."""
    content = content_of(archive.place.manifest)
    ours = key_store().signing.keys("archive")[-1].key_id.encode()
    other = key_store().signing.sign("something.else", b"x").key_id.encode()
    replace(archive.place.manifest, content.replace(ours, other))
    assert_damaged(archive, Cause.SIGNATURE, "manifest.json")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"manifest":{},"signature":{}}', b"[" * 100_000])
def test_not_a_manifest(archive: Archive, content: bytes) -> None:
    """B4: anything at all in the manifest's place."""
    replace(archive.place.manifest, content)
    assert_damaged(archive, Cause.MALFORMED, "manifest.json")


def test_a_manifest_with_blanks(archive: Archive) -> None:
    """B4: the same values written in another way are not what was signed."""
    replace(archive.place.manifest, content_of(archive.place.manifest) + b"\n")
    assert_damaged(archive, Cause.MALFORMED, "manifest.json")


def test_a_huge_manifest_is_not_read(archive: Archive) -> None:
    """B4: its size is looked at first."""
    replace(archive.place.manifest, b" " * (4 * 1024 * 1024 + 1))
    assert_damaged(archive, Cause.MALFORMED, "manifest.json")
    with pytest.raises(ArchiveDamaged, match="4194305 bytes"):
        read_manifest(backup_store(), archive.place)


def test_the_keys_were_destroyed(provider: Tenant) -> None:
    """R1: with a tenant's keys its archives are gone, all generations at once."""
    tenant = make_tenant("GONE")
    make_person(tenant, "anna")
    with tenant_scope(tenant.id):
        archive = take_archive(actor=ACTOR)
    key_store().destroy_tenant_keys(tenant.id)
    with refused(ArchiveDamaged) as caught:
        restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert "keys of its tenant were destroyed" in str(caught.value)


def test_rows_that_the_manifest_does_not_promise(archive: Archive) -> None:
    """B5: the count of rows is checked, even where every digest agrees."""
    _forget_digest(archive)

    def raise_count(manifest: dict[str, Any]) -> None:
        entry = next(table for table in manifest["tables"] if table["name"] == "accounts_user")
        entry["rows"] += 1

    rewrite_manifest(archive.place, raise_count, sign=True)
    with tenant_scope(archive.tenant_id):
        assert not verify_archive(archive, actor=ACTOR)
    assert Cause.ROWS.value in archive.error


@pytest.mark.parametrize("measure", ["plain", "cipher"])
def test_a_digest_that_is_another(archive: Archive, measure: str) -> None:
    """B5: both digests are compared, although a part that decrypts has hardly another one."""
    _forget_digest(archive)

    def change(manifest: dict[str, Any]) -> None:
        entry = next(table for table in manifest["tables"] if table["name"] == "accounts_user")
        entry[measure]["sha256"] = "0" * 64

    rewrite_manifest(archive.place, change, sign=True)
    assert_damaged(archive, Cause.DIGEST, USERS)


def test_a_store_that_fails_is_no_damage(archive: Archive, settings: LazySettings) -> None:
    """B5: when the store cannot be reached nothing is known, so nothing is noted."""
    settings.PRODUCTION = True  # elsewhere a missing folder is made
    settings.VAULT_BACKUP_STORE = f"file:///nowhere/{uuid4()}"
    with tenant_scope(archive.tenant_id), pytest.raises(StoreUnavailable):
        verify_archive(archive, actor=ACTOR)
    with tenant_transaction(archive.tenant_id):
        assert Archive.objects.get(id=archive.id).state == State.COMPLETE


def test_a_newer_format(archive: Archive) -> None:
    """B6: an archive from the future is named as such."""

    def newer(manifest: dict[str, Any]) -> None:
        manifest.update({"format": FORMAT + 1, "tables": "something else entirely"})

    _forget_digest(archive)
    rewrite_manifest(archive.place, newer, sign=True)
    assert_damaged(archive, Cause.NEWER_FORMAT, "manifest.json")


def _forget_digest(archive: Archive) -> None:
    with tenant_transaction(archive.tenant_id):
        Archive.objects.update(manifest_sha256="")
    archive.manifest_sha256 = ""
