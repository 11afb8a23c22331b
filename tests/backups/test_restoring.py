"""Restoring beside the old company: what is refused, what is adapted, what is undone (B6)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections

from accounts.menus import OPERATOR
from accounts.models import OneTimeLink, Role, Session, User
from auditlog.models import AuditEvent
from auditlog.partitions import make_partitions_of
from auditlog.sealing.headchecks import verify_heads
from auditlog.sealing.models import Segment
from auditlog.sealing.sealer import seal
from auditlog.sealing.verifying import verify_tenant
from backups import restoring, taking
from backups.content import ArchivedTable, archived_tables
from backups.errors import ArchiveDamaged, Cause, RestoreRefused, RunningAlready
from backups.loading import Loader
from backups.locks import exclusive
from backups.models import Archive
from backups.restoring import restore_archive
from backups.taking import take_archive
from documents.models import Folder
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.plans import PlanCode
from tests.backups.conftest import ACTOR, Stored
from tests.backups.tampering import rewrite_manifest
from tests.backups.test_faults import refused
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from vault.errors import StoreUnavailable
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.mark.parametrize("code", ["GLOBEX", "globex", "ＧＬＯＢＥＸ", "ACME", "x", "bad code", ""])
def test_a_code_that_is_taken_or_none(archive: Archive, globex: Tenant, code: str) -> None:
    """B6: however it is typed."""
    with refused(RestoreRefused):
        restore_archive(archive, company_code=code, actor=ACTOR)


def test_name_plan_and_zone_come_along(stored: Stored, take: Callable[[], Archive]) -> None:
    """B6: what the manifest says of the company; another name may be given."""
    with platform_transaction():
        Tenant.objects.filter(id=stored.tenant.id).update(plan_code=PlanCode.TRIAL, time_zone="Asia/Singapore")
    archive = take()
    same = restore_archive(archive, company_code="SAME", actor=ACTOR).tenant
    other = restore_archive(archive, company_code="OTHER", name="別名株式会社", actor=ACTOR).tenant
    assert (same.name, same.plan_code, same.time_zone) == (stored.tenant.name, PlanCode.TRIAL, "Asia/Singapore")
    assert other.name == "別名株式会社"


def test_who_restored_what_is_in_three_logs(archive: Archive, provider: Tenant) -> None:
    """B6, A14: the new company, the old one and the provider each have it in their record."""
    restored = restore_archive(archive, company_code="COPY", actor=ACTOR)
    for tenant_id in (restored.tenant.id, archive.tenant_id, provider.id):
        with tenant_transaction(tenant_id):
            event = AuditEvent.objects.get(action="backups.archive.restored")
            assert (event.after or {})["from"] == "ACME"
            assert (event.after or {})["to"] == "COPY"
            assert (event.after or {})["archive"] == str(archive.id)


def test_the_log_of_the_copy_is_sealed_as_a_copy(
    archive: Archive, provider: Tenant, settings: LazySettings, tmp_path: Path
) -> None:
    """B6, G7: its chain says whose copy it is, and its old events are sealed with the next run."""
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"
    seal([provider.id, archive.tenant_id])
    restored = restore_archive(archive, company_code="COPY", actor=ACTOR)
    with tenant_transaction(restored.tenant.id):
        events = AuditEvent.objects.count()
    seal([provider.id, archive.tenant_id, restored.tenant.id])
    report = verify_tenant(restored.tenant.id)
    assert (report.finding, report.events, report.segments) == (None, events, 2)
    assert verify_tenant(archive.tenant_id).finding is None
    assert verify_heads().finding is None
    with tenant_transaction(restored.tenant.id):
        first = Segment.objects.get(seq=1)
    assert json.loads(first.statement)["origin"]["tenant"] == str(archive.tenant_id)


def test_sessions_and_links_stay_behind(stored: Stored, take: Callable[[], Archive]) -> None:
    """A11, B6: nobody is logged in to the copy, and no old link opens it."""
    stored.admin.session_cookie()
    restored = restore_archive(take(), company_code="COPY", actor=ACTOR)
    with tenant_transaction(restored.tenant.id):
        assert User.objects.count() == 2
        assert not Session.objects.exists()
        assert not OneTimeLink.objects.exists()


def test_a_copy_of_the_provider_has_no_operators(provider: Tenant) -> None:
    """A10: a second company whose users hold operator menus would be a way round every wall."""
    make_person(provider, "olga", OPERATOR)
    with tenant_scope(provider.id):
        archive = take_archive(actor=ACTOR)
    restored = restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert not restored.tenant.is_provider
    with tenant_transaction(restored.tenant.id):
        assert not [menu for role in Role.objects.all() for menu in role.menus if menu.startswith("operator.")]
    with tenant_transaction(provider.id):
        assert Role.objects.filter(menus__contains=["operator.tenants"]).exists()


def test_while_a_run_is_under_way(archive: Archive) -> None:
    """B6: generations that are being removed are not restored from."""
    with exclusive(archive.tenant_id), refused(RunningAlready):
        restore_archive(archive, company_code="COPY", actor=ACTOR)


def test_only_the_owner_restores(settings: LazySettings, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """B6: web and worker know no owner; told so before anything is done."""
    monkeypatch.setattr("backups.preconditions.OWNER_ALIAS", "default")
    with refused(RestoreRefused) as caught:
        restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert "DATABASE_OWNER_URL" in str(caught.value)


def test_a_database_behind_this_release(archive: Archive) -> None:
    """B6: rows of today do not fit tables of yesterday."""
    _execute("UPDATE django_migrations SET app = 'elsewhere' WHERE app = 'backups'")
    try:
        with refused(RestoreRefused) as caught:
            restore_archive(archive, company_code="COPY", actor=ACTOR)
    finally:
        _execute("UPDATE django_migrations SET app = 'backups' WHERE app = 'elsewhere'")
    assert "manage.py migrate" in str(caught.value)


def test_an_archive_of_a_newer_release(archive: Archive) -> None:
    """B6: it may hold what this release does not understand; the unknown migration is named."""
    archive.manifest_sha256 = ""
    rewrite_manifest(
        archive.place, lambda manifest: manifest["migrations"]["documents"].append("9999_later"), sign=True
    )
    with refused(RestoreRefused) as caught:
        restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert "documents.9999_later" in str(caught.value)


def test_a_table_that_is_not_archived(archive: Archive) -> None:
    """B6: not even a signed manifest gets rows into another table."""

    def aim_at_sessions(manifest: dict[str, Any]) -> None:
        manifest["tables"][0]["name"] = "accounts_session"

    archive.manifest_sha256 = ""
    rewrite_manifest(archive.place, aim_at_sessions, sign=True)
    with refused(RestoreRefused) as caught:
        restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert "accounts_session" in str(caught.value)


@contextmanager
def archived_columns(
    monkeypatch: pytest.MonkeyPatch, table: str, columns: Callable[..., tuple[str, ...]]
) -> Iterator[None]:
    """As a release would archive it whose table has other columns."""
    now = archived_tables()
    then = tuple(
        ArchivedTable(entry.name, columns(entry.columns), entry.model) if entry.name == table else entry
        for entry in now
    )
    with monkeypatch.context() as patch:
        patch.setattr(taking, "archived_tables", lambda: then)
        yield


def test_an_older_archive_with_fewer_columns(
    stored: Stored, take: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: columns that came later get the default that their migration gave to old rows."""
    with tenant_transaction(stored.tenant.id):
        User.objects.update(must_change_password=True, time_zone="Europe/Berlin")
    later = {"must_change_password", "time_zone", "language"}
    with archived_columns(monkeypatch, "accounts_user", lambda names: tuple(n for n in names if n not in later)):
        archive = take()
    restored = restore_archive(archive, company_code="COPY", actor=ACTOR)
    with tenant_transaction(restored.tenant.id):
        values = set(User.objects.values_list("must_change_password", "time_zone", "language"))
    assert values == {(False, "Asia/Tokyo", "")}


def test_an_older_archive_with_a_column_that_is_gone(
    stored: Stored, take: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: what this release keeps no more is left behind."""
    _execute("ALTER TABLE documents_folder ADD COLUMN colour varchar(9) DEFAULT '朱'")
    try:
        with archived_columns(monkeypatch, "documents_folder", lambda names: (*names, "colour")):
            archive = take()
    finally:
        _execute("ALTER TABLE documents_folder DROP COLUMN colour")
    restored = restore_archive(archive, company_code="COPY", actor=ACTOR)
    with tenant_transaction(restored.tenant.id):
        assert sorted(Folder.objects.values_list("name", flat=True)) == ["2026年", "契約"]


def test_events_older_than_every_partition(stored: Stored, take: Callable[[], Archive]) -> None:
    """B6, G5: the partitions of their days are made, also for seven-year events."""
    day = date.today() - timedelta(days=50)  # noqa: DTZ011 - any old day
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    partitions = [f"auditlog_auditevent_d180_{day:%Y%m%d}", f"auditlog_auditevent_y7_{day.replace(day=1):%Y%m%d}"]
    for retention in ("d180", "y7"):
        make_partitions_of(retention, day, day)
    with tenant_transaction(stored.tenant.id):
        for retention in ("d180", "y7"):
            AuditEvent.objects.create(
                at=moment, retention_class=retention, kind="data", action="old", actor_kind="system"
            )
    archive = take()
    for partition in partitions:
        _execute(f"DROP TABLE {partition}")
    try:
        restored = restore_archive(archive, company_code="COPY", actor=ACTOR)
        with tenant_transaction(restored.tenant.id):
            assert list(AuditEvent.objects.filter(action="old").values_list("at", flat=True)) == [moment] * 2
    finally:
        for partition in partitions:
            _execute(f"DROP TABLE {partition}")


def test_rows_that_do_not_belong_together(
    stored: Stored, take: Callable[[], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: the database itself checks every foreign key; nothing half stays."""
    monkeypatch.setattr(
        taking, "archived_tables", lambda: tuple(t for t in archived_tables() if t.name != "accounts_role")
    )
    archive = take()
    with refused(RestoreRefused) as caught:
        restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert "accounts_userrole" in str(caught.value)


def test_rows_of_another_tenant(archive: Archive, neighbour: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """T1, B6: a part of ours that holds others' rows cannot come about, and would be refused."""
    monkeypatch.setattr(restoring, "Loader", lambda _old, new: Loader(neighbour.tenant.id, new))
    with refused(ArchiveDamaged) as caught:
        restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert caught.value.cause is Cause.CONTENT


def test_a_document_store_that_fails_half_way(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """B6: contents that were written already are removed, and the keys with them."""
    store = document_store()
    written: list[str] = []
    original = type(store).writer

    def failing(self: Any, name: str) -> Any:
        if len(written) == 2:
            raise StoreUnavailable(name, "disk full")
        written.append(name)
        return original(self, name)

    monkeypatch.setattr(type(store), "writer", failing)
    with refused(StoreUnavailable):
        restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert len(written) == 2


def _execute(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
