"""An erasure that is cut short, held, late, or undone by a restore comes to the same end (R1, R5)."""

import json
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import Model, Q
from django.utils import timezone

from accounts.menus import OPERATOR
from auditlog.models import AuditEvent
from auditlog.sealing.sealer import seal
from backups.errors import RestoreRefused
from backups.models import Archive
from backups.queries import archives
from backups.recovery.rebuilding import rebuild
from backups.recovery.relisting import fill_catalogue
from backups.requests import restorer
from backups.restoring import restore_archive
from backups.runs.models import PlatformArchive, RunKind
from backups.runs.services import back_up_everybody
from documents.models import Document, DocumentVersion
from retention.erasure import ledger, running
from retention.erasure.models import Erasure, ErasureState, Step
from retention.erasure.proving import prove
from retention.erasure.queries import find_erasure
from retention.erasure.replaying import erase_again, unknown_here
from retention.erasure.services import run_erasure
from retention.erasure.starting import require_erased_stay_erased
from retention.erasure.tasks import erase_due
from retention.erasure.working import Work
from tenants.isolation.context import tenant_scope
from tenants.isolation.keeping import forget_keeper, register_keeper
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.backups.processes import kill, start, table_locked, wait_until_blocked
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person
from tests.retention.erasing import ACTOR, doomed, english, own_stores, planned, plant, rows_of
from vault.keys import key_store
from vault.stores import backup_store, document_store

__all__ = ["doomed", "english", "own_stores"]
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("own_stores", "english"),
]
WORD = "kanari-9d1c"


class Killed(BaseException):
    """As kill -9: nothing catches it."""


def left_of(erasure: Erasure, tenant: Tenant) -> list[str]:
    """Where something is found."""
    return prove(Work(erasure, tenant.company_code, ACTOR), canaries=[WORD])


def test_killed_after_any_step(doomed: Tenant, provider: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R1: killed before and after the deed of each step; every number is as if nothing had happened, and once."""
    plant(doomed, WORD)
    expected = {table: len(rows) for table, rows in rows_of(doomed.id).items()}
    erasure_id = planned(doomed).id
    kills = 0

    def dying(step: Callable[[Work], None], *, before: bool) -> Callable[[Work], None]:
        def deed(work: Work) -> None:
            if not before:
                step(work)
            raise Killed

        return deed

    for step, deed in dict(running._STEPS).items():
        for before in (True, False):
            with monkeypatch.context() as patch:
                patch.setitem(running._STEPS, step, dying(deed, before=before))
                with pytest.raises(Killed):
                    run_erasure(erasure_id, actor=ACTOR)
            kills += 1
    for place in ("prove", "_finish"):
        with monkeypatch.context() as patch:
            patch.setattr(running, place, dying(getattr(running, place), before=False))
            with suppress(Killed):
                run_erasure(erasure_id, actor=ACTOR)
        kills += 1

    erasure = run_erasure(erasure_id, actor=ACTOR)
    assert (erasure.state, erasure.attempts) == (ErasureState.PROVEN, kills)
    assert erasure.counts["tables"] == expected | {"auditlog_auditevent": expected["auditlog_auditevent"] + 2}
    assert erasure.counts["stores"]["documents.objects"] == 3
    assert erasure.counts["memory"] == {"keys": 1, "messages": 1}
    assert erasure.proof["decryption"]["cause"] == "unreadable"
    assert left_of(erasure, doomed) == []
    assert len(list(ledger.entries(backup_store(), doomed.id))) == 3


def test_killed_by_the_system(doomed: Tenant, provider: Tenant) -> None:
    """R1: kill -9 of the process in the middle of the rows; the next one goes on, and what is not true is told."""
    plant(doomed, WORD)
    erasure_id = planned(doomed).id
    with table_locked("documents_counterparty", "SHARE"):
        process = start("retention", "erasure", "run", "DOOMED")
        wait_until_blocked("documents_counterparty", process)
        kill(process)
    halfway = find_erasure(erasure_id)
    assert halfway is not None
    assert (halfway.state, halfway.step) == (ErasureState.RUNNING, Step.ROWS)
    before = {table: len(rows) for table, rows in rows_of(doomed.id).items()}
    assert before["accounts_session"] == 0
    assert before["documents_folder"] > 0
    out = StringIO()
    call_command("retention", "erasure", "--json", "run", "DOOMED", stdout=out)
    (done,) = json.loads(out.getvalue())
    assert (done["state"], done["counts"]["tables"]["documents_folder"]) == ("proven", 5)
    call_command("retention", "erasure", "prove", "DOOMED", "--canary", WORD, stdout=StringIO())


class Holding:
    """A keeper that holds one document, its version and its content, as an order of a court does."""

    def __init__(self, tenant_id: UUID, document: Document) -> None:
        self.tenant_id, self.document, self.active = tenant_id, document.id, True

    def held_tenants(self, model: type[Model]) -> frozenset[UUID]:
        """Ours, for documents."""
        return frozenset({self.tenant_id}) if self.active and model in {Document, DocumentVersion} else frozenset()

    def held_rows(self, model: type[Model], tenant_id: UUID) -> Q | None:
        """The document and its versions."""
        if not self.is_held(tenant_id):
            return None
        if model is Document:
            return Q(id=self.document)
        return Q(document_id=self.document) if model is DocumentVersion else None

    def is_held(self, tenant_id: UUID) -> bool:
        """While the order holds."""
        return self.active and tenant_id == self.tenant_id

    def held_contents(self, tenant_id: UUID, object_names: Collection[str]) -> frozenset[str]:
        """None but those of its rows."""
        return frozenset()

    def put_aside(self, model: type[Model], going: Q) -> None:
        """Nothing: what is held stays where it is."""


def test_what_is_held_stays_until_the_hold_ends(doomed: Tenant, provider: Tenant) -> None:
    """R5: document, version, folder, content and keys stay, all else goes; afterwards the rest."""
    plant(doomed, WORD)
    with tenant_transaction(doomed.id):
        document = Document.objects.filter(name__endswith="1.txt").get()
    keeper = Holding(doomed.id, document)
    register_keeper(keeper)
    try:
        held = run_erasure(planned(doomed).id, actor=ACTOR)
        left = {table: len(rows) for table, rows in rows_of(doomed.id).items() if rows}
        assert left == {"documents_document": 1, "documents_documentversion": 1, "documents_folder": 1}
        assert held.state == ErasureState.HELD
        assert {one["place"]: one["rows"] for one in held.holdbacks if one["why"] == "hold"} == left
        assert len(list(document_store().list(f"{doomed.id}/"))) == 1
        assert list(backup_store().list(f"tenants/{doomed.id}/")) == []
        assert key_store().has_tenant_keys(doomed.id)
        restorer.note_alive()
        assert erase_due() == 0
        keeper.active = False
        assert erase_due() == 1
    finally:
        forget_keeper(keeper)
        cache.delete(restorer._KEY)
    erasure = find_erasure(held.id)
    assert erasure is not None
    assert (erasure.state, erasure.counts["tables"]["documents_document"]) == (ErasureState.PROVEN, 4)
    assert erasure.counts["stores"]["documents.objects"] == 3
    assert left_of(erasure, doomed) == []


def test_late_ones_are_told_once(doomed: Tenant, provider: Tenant) -> None:
    """R1: what should have begun and nobody carries out comes to operators by mail, once."""
    make_person(provider, "olga", OPERATOR)
    erasure = planned(doomed)
    with platform_transaction():
        Erasure.objects.filter(id=erasure.id).update(begin_at=timezone.now() - timedelta(days=2))
    for _time in range(2):
        erase_due()
    found = [message for message in mail.outbox if "DOOMED" in str(message.body)]
    assert len(found) == 1
    erased = run_erasure(erasure.id, actor=ACTOR)
    assert erased.state == ErasureState.PROVEN
    out = StringIO()
    call_command("retention", "erasure", "list", stdout=out)
    assert "DOOMED" in out.getvalue()


def set_back(tenant: Tenant, saved: dict[str, list[tuple[Any, ...]]]) -> None:
    """The database as it was before the erasure: rows of the company are back, and it was only suspended."""
    with platform_transaction():
        Erasure.objects.filter(tenant_id=tenant.id).update(
            state=ErasureState.PLANNED, step=Step.LEDGER, counts={}, begun_at=None, finished_at=None, key_ids=[]
        )
        Tenant.objects.filter(id=tenant.id).update(state=State.SUSPENDED)
    plant_rows(tenant, saved)


def plant_rows(tenant: Tenant, saved: dict[str, list[tuple[Any, ...]]]) -> None:
    """Rows that a recovery of the database brings back."""
    with connections[OWNER_ALIAS].cursor() as cursor:
        for table, rows in saved.items():
            for (row,) in rows:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM json_populate_record(NULL::"{table}", %s)', [row])


def test_an_older_database_learns_of_the_erasure(doomed: Tenant, provider: Tenant) -> None:
    """R1: after a recovery to a moment before, `replay` erases again; the first numbers stay beside the new ones."""
    plant(doomed, WORD)
    erasure_id = planned(doomed).id
    with connections[OWNER_ALIAS].cursor() as cursor:
        saved = {}
        for table in ("accounts_user", "documents_folder"):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t WHERE tenant_id = %s', [doomed.id])
            saved[table] = cursor.fetchall()
    first = run_erasure(erasure_id, actor=ACTOR)
    assert unknown_here() == []
    set_back(doomed, saved)
    assert unknown_here() == [doomed.id]
    with pytest.raises(ImproperlyConfigured, match="1 erased companies are back"):
        require_erased_stay_erased()

    call_command("retention", "erasure", "replay", stdout=StringIO())

    again = find_erasure(erasure_id)
    assert again is not None
    assert again.state == ErasureState.PROVEN
    assert (again.finished_at, again.key_ids) == (first.finished_at, first.key_ids)
    assert again.counts["tables"] == first.counts["tables"]
    assert again.counts["replayed"]["tables"] == {"accounts_user": 1, "documents_folder": 5}
    assert left_of(again, doomed) == []
    require_erased_stay_erased()
    assert erase_again(actor=ACTOR) == []


def lose_everything() -> None:
    """An empty database."""
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname <> 'django_migrations'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{table}"')


def test_a_rebuild_leaves_nothing_of_it(doomed: Tenant, provider: Tenant, tmp_path: Path) -> None:
    """R1: rebuilt from a platform archive of before, with all archives of the company back in the store."""
    plant(doomed, WORD)
    with platform_transaction():
        everybody = list(Tenant.objects.values_list("id", flat=True))
    seal(everybody)
    assert back_up_everybody(RunKind.COMMAND) is not None
    with platform_transaction():
        older = PlatformArchive.objects.get().id
    with tenant_transaction(doomed.id):
        archive = archives().first()
    shutil.copytree(tmp_path / "backups/tenants" / str(doomed.id), tmp_path / "aside")
    run_erasure(planned(doomed).id, actor=ACTOR)
    shutil.copytree(tmp_path / "aside", tmp_path / "backups/tenants" / str(doomed.id))
    assert archive is not None
    with pytest.raises(RestoreRefused, match="erased"):
        restore_archive(archive, company_code="again", actor=ACTOR)
    with tenant_scope(doomed.id):
        assert fill_catalogue(backup_store(), actor=ACTOR).added == 0
    lose_everything()

    done = rebuild(backup_store(), actor=ACTOR, archive_id=older)

    assert "DOOMED" not in {one["company_code"] for one in done.companies}
    assert "GLOBEX" in {one["company_code"] for one in done.companies}
    with platform_transaction():
        assert Tenant.objects.get(company_code="DOOMED").state == State.ERASED
        (erasure,) = Erasure.objects.all()
    assert erasure.state == ErasureState.PROVEN
    assert list(backup_store().list(f"tenants/{doomed.id}/")) == []
    assert left_of(erasure, doomed) == []
    with tenant_transaction(doomed.id):
        assert not Archive.objects.exists()
    with tenant_transaction(provider.id):
        assert AuditEvent.objects.filter(action="erasure.replayed").count() == 1
