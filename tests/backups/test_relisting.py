"""The catalogue of archives out of a listing of the backup store (B2, B5)."""

from collections.abc import Callable

import pytest

from backups.models import Archive, State
from backups.queries import archives
from backups.recovery.relisting import fill_catalogue
from backups.verifying import verify_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import ACTOR, Stored
from tests.backups.tampering import rewrite_manifest
from tests.conftest import EVERY_ROLE
from vault.stores import backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def test_a_lost_catalogue_is_filled_again(stored: Stored, neighbour: Stored, take: Callable[[], Archive]) -> None:
    """B2, B5: what is whole is listed, unverified; what is damaged is named; a second time changes nothing."""
    sound, forged = take(), take()
    backup_store().put(f"{forged.place.prefix.replace(str(forged.id), str(stored.tenant.id))}small.zst.enc", b"begun")
    rewrite_manifest(forged.place, lambda manifest: manifest.update(tool="another"))
    with tenant_transaction(stored.tenant.id):
        Archive.objects.all().delete()

    with tenant_scope(stored.tenant.id):
        first = fill_catalogue(backup_store(), actor=ACTOR)
        second = fill_catalogue(backup_store(), actor=ACTOR)

    assert (first.added, first.known, list(first.damaged)) == (1, 0, [str(forged.id)])
    assert (second.added, second.known, list(second.damaged)) == (0, 1, [str(forged.id)])
    assert "signature" in first.damaged[str(forged.id)]
    with tenant_transaction(stored.tenant.id):
        (listed,) = archives()
    assert (listed.id, listed.state, listed.snapshot_at) == (sound.id, State.COMPLETE, sound.snapshot_at)
    assert (listed.row_count, listed.object_count, listed.size) == (sound.row_count, sound.object_count, sound.size)
    assert listed.manifest_sha256 == sound.manifest_sha256
    with tenant_scope(stored.tenant.id):
        assert verify_archive(listed, actor=ACTOR)
    with tenant_transaction(neighbour.tenant.id):
        assert not Archive.objects.exists()
