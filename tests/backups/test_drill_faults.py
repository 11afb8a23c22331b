"""What a drill must find: each fault makes it fail with the cause named (B5); the live database is untouched (T1)."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connections

from accounts.factors.models import TotpDevice
from backups.content import ArchivedTable
from backups.drills import rehearsing
from backups.drills.checking import Restored
from backups.drills.models import CheckCode, Drill
from backups.drills.queries import drills_needing_attention, last_drill
from backups.drills.services import drill_company
from backups.layout import objects_prefix
from backups.models import Archive
from backups.snapshot import Snapshot
from documents.models import DocumentVersion
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import ACTOR, Stored
from tests.backups.tampering import flip, rewrite_manifest
from tests.backups.test_round_trip import digests
from tests.conftest import EVERY_ROLE
from tests.settings import ADMIN_URL, RUN

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def drilled(archive: Archive) -> Drill:
    """The drill of that archive, as it is kept."""
    with tenant_scope(archive.tenant_id):
        drill_company(actor=ACTOR, archive=archive)
        kept = last_drill()
    assert kept is not None
    return kept


def test_nothing_of_the_service_is_touched(archive: Archive, neighbour: Stored) -> None:
    """T1: every table of both companies is what it was, but for the record of the drill itself."""
    before = {tenant_id: digests(tenant_id) for tenant_id in (archive.tenant_id, neighbour.tenant.id)}
    assert drilled(archive).sound
    for tenant_id, known in before.items():
        now = digests(tenant_id)
        assert {table for table in now if now[table] != known[table]} <= {"auditlog_auditevent"}
    assert digests(neighbour.tenant.id) == before[neighbour.tenant.id]


def test_a_manifest_that_is_not_ours(archive: Archive) -> None:
    """B5: nothing is loaded from it; operators see the company among those that need attention."""
    archive.manifest_sha256 = ""
    rewrite_manifest(archive.place, lambda manifest: manifest["company"].update(name="Somebody else"))
    drill = drilled(archive)
    assert (drill.sound, drill.cause, drill.rows) == (False, CheckCode.ARCHIVE, 0)
    assert "signature" in drill.error
    assert [each.tenant.id for each in drills_needing_attention()] == [archive.tenant_id]


def test_a_wrong_number_of_rows(archive: Archive) -> None:
    """B5: the manifest promises a row more than there is."""
    archive.manifest_sha256 = ""

    def promise(manifest: dict[str, Any]) -> None:
        (table,) = (each for each in manifest["tables"] if each["name"] == "accounts_user")
        table["rows"] += 1

    rewrite_manifest(archive.place, promise, sign=True)
    drill = drilled(archive)
    assert (drill.sound, drill.cause) == (False, CheckCode.ROWS)
    assert "accounts_user" in drill.error


def test_a_row_that_never_reached_the_archive(
    stored: Stored, take: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: it was counted, and lost on its way into the part."""
    whole = Snapshot.copy_rows

    def losing(self: Snapshot, table: ArchivedTable, out: Any) -> int:
        sink: Any = _Losing(out) if table.name == "documents_counterparty" else out
        return whole(self, table, sink)

    monkeypatch.setattr(Snapshot, "copy_rows", losing)
    drill = drilled(take())
    assert (drill.sound, drill.cause) == (False, CheckCode.ROWS)
    assert "documents_counterparty" in drill.error


class _Losing:
    """Loses the first row."""

    def __init__(self, out: Any) -> None:
        self._out, self._lost = out, False

    def write(self, row: Any) -> None:
        if self._lost:
            self._out.write(row)
        self._lost = True


def test_rows_that_refer_to_nothing(stored: Stored, take: Callable[[], Archive]) -> None:
    """B5: a database whose constraints were gone round makes an archive that no database takes."""
    with psycopg.connect(ADMIN_URL, dbname=RUN) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM documents_folder WHERE parent_id IS NULL")
    drill = drilled(take())
    assert (drill.sound, drill.cause) == (False, CheckCode.FOREIGN_KEYS)
    assert "documents_folder" in drill.error


def test_rows_that_changed_on_their_way(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """B5: what the database gives back is compared with what went in; the checks after it go on."""

    def loading(restored: Restored, load: Callable[[Restored], int] = rehearsing._load) -> int:
        rows = load(restored)
        with tenant_scope(None), connections[restored.alias].cursor() as cursor:
            cursor.execute("UPDATE documents_counterparty SET name = 'changed'")
        return rows

    monkeypatch.setattr(rehearsing, "_load", loading)
    drill = drilled(archive)
    assert (drill.cause, drill.error) == (
        CheckCode.DIGESTS,
        "documents_counterparty: the rows are not those of the backup",
    )
    assert [check["code"] for check in drill.checks if check["sound"]][-2:] == [CheckCode.SECRETS, CheckCode.FILES]


def test_a_secret_that_does_not_open(stored: Stored, take: Callable[[], Archive]) -> None:
    """B5, D7: the row is named, and nothing of the secret is."""
    with tenant_transaction(stored.tenant.id):
        device = TotpDevice.objects.create(user=stored.admin.user, seed_sealed=b"not sealed by anybody")
    drill = drilled(take())
    assert (drill.sound, drill.cause) == (False, CheckCode.SECRETS)
    assert f"seed_sealed of {device.pk}" in drill.error
    assert "not sealed by anybody" not in drill.error


@pytest.mark.parametrize("which", ["-size", "-object_name"])
def test_a_flipped_bit_of_a_file(archive: Archive, settings: Any, which: str) -> None:
    """B5: the largest and the newest file are opened always, however small the sample is."""
    settings.DRILL_FILES = 2
    with tenant_transaction(archive.tenant_id):
        version = DocumentVersion.objects.order_by(which)[0]
    path = f"{objects_prefix(archive.tenant_id)}documents/{version.object_name}"
    flip(path, -20)
    drill = drilled(archive)
    assert (drill.sound, drill.cause) == (False, CheckCode.FILES)
    assert path in drill.error
