"""An archive is one company's (T1, B6)."""

import json
from uuid import UUID, uuid4

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from backups.checks import archives_are_closed
from backups.content import ArchivedTable, archived_tables
from backups.errors import BackupError
from backups.manifest import Manifest, read_manifest
from backups.models import Archive
from backups.objects import read_list
from backups.restoring import restore_archive
from backups.snapshot import snapshot
from backups.taking import take_archive
from backups.verifying import read_table
from documents.models import Counterparty
from tenants.isolation.assets import TableKind, declared_assets
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import current_connection, tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, Stored
from tests.backups.test_round_trip import digests
from tests.conftest import EVERY_ROLE
from vault.stores import backup_store

database = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def rows(manifest: Manifest) -> dict[str, list[bytes]]:
    """The lines of every table of an archive."""
    return {
        table.name: b"".join(read_table(backup_store(), manifest.place, table)).splitlines()
        for table in manifest.tables
    }


@database
def test_an_archive_holds_the_rows_of_its_tenant_only(stored: Stored, neighbour: Stored) -> None:
    """T1: every row begins with its tenant, and nothing of the neighbour's is in any part."""
    with tenant_scope(stored.tenant.id):
        archive = take_archive(actor=ACTOR)
    manifest = read_manifest(backup_store(), archive.place)
    for table, lines in rows(manifest).items():
        assert {line.split(b"\t")[0] for line in lines} <= {str(stored.tenant.id).encode()}, table
        assert not [line for line in lines if b"GLOBEX" in line or str(neighbour.tenant.id).encode() in line], table
    names = {content.name for content in read_list(backup_store(), manifest)}
    assert len(names) == len(stored.files)
    assert {info.name.split("/")[1] for info in backup_store().list()} == {str(stored.tenant.id)}


# Everything that PostgreSQL takes for text.
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@database
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(st.tuples(st.booleans(), _TEXTS)))
def test_over_random_data(acme: Tenant, globex: Tenant, data: list[tuple[bool, str]]) -> None:
    """T1: whatever two companies write, each finds exactly its own rows in its archive, byte for byte."""
    expected: dict[UUID, dict[str, str]] = {acme.id: {}, globex.id: {}}
    for tenant_id, mine in expected.items():
        with tenant_transaction(tenant_id):
            Counterparty.objects.all().delete()
            for number, (is_acme, text) in enumerate(data):
                if is_acme == (tenant_id == acme.id):
                    Counterparty.objects.create(code=f"{number}", name="x", note=text)
                    mine[str(number)] = text
    for tenant_id, mine in expected.items():
        with tenant_scope(tenant_id):
            archive = take_archive(actor=ACTOR)
        assert _counterparties(archive) == mine


@database
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=st.lists(_TEXTS, min_size=1), theirs=st.lists(_TEXTS, min_size=1))
def test_restoring_leaves_the_neighbour_alone(acme: Tenant, globex: Tenant, mine: list[str], theirs: list[str]) -> None:
    """T1, B6: over random data, restoring A changes no digest of any row of B, and the copy of A is A."""
    for tenant, texts in ((acme, mine), (globex, theirs)):
        with tenant_transaction(tenant.id):
            Counterparty.objects.all().delete()
            for place, text in enumerate(texts):
                Counterparty.objects.create(code=f"{place}", name="x", note=text)
    with tenant_scope(acme.id):
        archive = take_archive(actor=ACTOR)
    before, next_door = digests(acme.id)["documents_counterparty"], digests(globex.id)
    copy = restore_archive(archive, company_code=f"C-{uuid4().hex[:12]}", actor=ACTOR).tenant
    assert digests(globex.id) == next_door
    assert digests(copy.id)["documents_counterparty"] == before


def _counterparties(archive: Archive) -> dict[str, str]:
    """Code and note of the archived counterparties, read back by PostgreSQL itself."""
    manifest = read_manifest(backup_store(), archive.place)
    table = next(table for table in manifest.tables if table.name == "documents_counterparty")
    code, note = table.columns.index("code"), table.columns.index("note")
    text = b"".join(read_table(backup_store(), archive.place, table)).decode()
    found = {}
    for line in text.split("\n")[:-1]:
        values = line.split("\t")
        found[values[code]] = _unescaped(values[note])
    return found


def _unescaped(value: str) -> str:
    """A value of COPY text; none of these columns is ever NULL."""
    marks = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
    result, letters = "", iter(value)
    for letter in letters:
        if letter == "\\":
            letter = next(letters)  # noqa: PLW2901 - the one that it stands for
            letter = marks.get(letter, letter)  # noqa: PLW2901
        result += letter
    return result


@database
def test_a_snapshot_that_was_not_told_its_tenant(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """B1: behind the wall it would see nothing, and an empty archive looks so tidy."""
    monkeypatch.setattr("backups.snapshot._MOMENT", _WITHOUT_TENANT)
    with pytest.raises(BackupError, match="tenant"), tenant_scope(acme.id), snapshot(acme.id):
        pass


_WITHOUT_TENANT = "SELECT statement_timestamp(), pg_current_wal_lsn()::text, pg_export_snapshot(), ''"


@database
def test_missing_rows_are_noticed(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """B5: the platform role counts in the same moment what the wall does not filter for it."""

    def forgetful(table: ArchivedTable, tenant_id: UUID) -> sql.Composed:
        return sql.SQL("COPY (SELECT {} FROM {} WHERE tenant_id = {} OFFSET 1) TO STDOUT").format(
            sql.SQL(", ").join(map(sql.Identifier, table.columns)), sql.Identifier(table.name), sql.Literal(tenant_id)
        )

    monkeypatch.setattr("backups.snapshot._copy_statement", forgetful)
    with tenant_scope(stored.tenant.id), pytest.raises(BackupError, match="rows of accounts_"):
        take_archive(actor=ACTOR)
    with tenant_transaction(stored.tenant.id):
        assert not Archive.objects.exists()
    assert not list(backup_store().list(f"tenants/{stored.tenant.id}/archives/"))


@database
def test_the_archive_is_of_one_moment(stored: Stored) -> None:
    """B1: rows that come while it is made are not in it, in whatever table, although they are committed."""
    with tenant_scope(stored.tenant.id), snapshot(stored.tenant.id) as moment:
        with moment.connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM documents_counterparty")
            before = cursor.fetchone()
        other = current_connection().copy()
        try:
            _insert_counterparty(other, stored.tenant.id)
        finally:
            other.close()
        with moment.connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM documents_counterparty")
            assert cursor.fetchone() == before
        assert moment.witness is not None
        with moment.witness.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone() == ("repeatable read",)


def _insert_counterparty(connection: BaseDatabaseWrapper, tenant_id: UUID) -> None:
    with tenant_scope(tenant_id):
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO documents_counterparty (tenant_id, id, code, name, kana, corporate_number, note, active,"
                " search_name) VALUES (%s, gen_random_uuid(), 'late', '', '', '', '', true, '')",
                [tenant_id],
            )
        connection.commit()


def test_what_is_declared_is_what_is_archived() -> None:
    """DESIGN 2: the declarations decide, all of them and nothing else; a table stands after those it refers to."""
    declared = {name for name, asset in declared_assets().items() if asset.archived and asset.kind is TableKind.TENANT}
    names = [table.name for table in archived_tables()]
    assert set(names) == declared
    assert len(set(names)) == len(names)
    assert {"accounts_user", "documents_documentversion", "auditlog_auditevent"} <= declared
    assert not {"accounts_session", "accounts_onetimelink", "backups_archive", "tenants_tenant"} & declared
    assert names.index("accounts_user") < names.index("accounts_userrole")
    assert (
        names.index("documents_folder") < names.index("documents_document") < names.index("documents_documentversion")
    )
    for table in archived_tables():
        assert table.columns[0] == "tenant_id"
        assert table.name != "auditlog_auditevent" or "transaction_id" not in table.columns
    assert archives_are_closed() == []


@database
def test_a_manifest_tells_what_an_operator_needs_to_know(archive: Archive) -> None:
    """B6: company, moment, release and keys can be read without any key."""
    with backup_store().open(archive.place.manifest) as reader:
        manifest = json.loads(reader.read())["manifest"]
    assert manifest["company"] == {
        "code": "ACME", "name": "Acme Trading", "plan": "standard", "provider": False, "time_zone": "Asia/Tokyo"
    }  # fmt: skip
    assert manifest["tool"].startswith("sekisho ")
    assert manifest["migrations"]["documents"][0].startswith("0001")
    assert len(manifest["keys"]) == 1
    assert "/" in manifest["snapshot"]["lsn"]
