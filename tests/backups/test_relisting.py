"""The catalogue of archives out of a listing of the backup store (B2, B5)."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from auditlog.models import AuditEvent
from backups.models import Archive, State
from backups.queries import archives
from backups.recovery.relisting import fill_catalogue
from backups.runs.models import PlatformArchive, RunKind
from backups.runs.services import back_up_everybody
from backups.verifying import verify_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
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


def catalogue() -> Any:
    """What `backup catalogue` tells machines of the platform."""
    out = StringIO()
    try:
        call_command("backup", "catalogue", "--json", stdout=out)
    finally:
        (found,) = (one for one in json.loads(out.getvalue()) if one["kind"] == "platform")
        assert found["company_code"] is None
    return found


def test_the_lost_catalogue_of_the_platform_is_filled_again(provider: Tenant) -> None:
    """B2, B4, B5: as it was, but not verified; a second time changes nothing; a forged one is named."""
    for _night in range(2):
        back_up_everybody(RunKind.COMMAND)
    with platform_transaction():
        forged, sound = PlatformArchive.objects.all()
        PlatformArchive.objects.all().delete()
    assert catalogue() == {"kind": "platform", "company_code": None, "known": 0, "added": 2, "damaged": {}}
    assert catalogue()["known"] == 2
    figures = ("snapshot_at", "manifest_sha256", "row_count", "archive_count", "size")
    with platform_transaction():
        listed = PlatformArchive.objects.get(id=sound.id)
        PlatformArchive.objects.filter(id=forged.id).delete()
    assert {name: getattr(listed, name) for name in figures} == {name: getattr(sound, name) for name in figures}
    assert (listed.state, listed.verified_at, listed.created_at) == (State.COMPLETE, None, sound.snapshot_at)
    call_command("backup", "verify", str(sound.id), stdout=StringIO())

    rewrite_manifest(forged.place, lambda manifest: manifest.update(tool="another"))
    with pytest.raises(CommandError, match="damaged"):
        catalogue()
    with platform_transaction():
        assert [one.id for one in PlatformArchive.objects.all()] == [sound.id]
    with tenant_transaction(provider.id):
        events = AuditEvent.objects.filter(action="backups.catalogue.filled", target_type="backup_runs.platformarchive")
        assert [event.after for event in events] == [{"added": 2, "known": 0, "damaged": 0}]
