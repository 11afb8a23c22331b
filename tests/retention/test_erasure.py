"""The erasure of a company: everything goes, everywhere, and nothing of anybody else (R1, R2)."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.cache import cache
from django.utils import timezone

from auditlog.models import AuditEvent
from retention.erasure import ledger
from retention.erasure.errors import ErasureRefused
from retention.erasure.ledger import Phase
from retention.erasure.models import Erasure, ErasureState, Step
from retention.erasure.proving import prove
from retention.erasure.services import run_erasure
from retention.erasure.tables import tables_to_empty
from retention.erasure.working import Work
from tenants.isolation.directory import resolve_company
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.backups.digests import changed, every_row
from tests.conftest import EVERY_ROLE
from tests.retention.erasing import ACTOR, doomed, english, memory, own_stores, planned, plant, queue, rows_of
from vault.errors import TenantKeysDestroyed
from vault.keys import key_store
from vault.stores import backup_copy_store, backup_store

__all__ = ["doomed", "english", "own_stores"]
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("own_stores", "english"),
]
WORD = "kanari-7f3a"
# Tables into which an erasure writes: the evidence of it, and that the company is gone.
EVIDENCE = {"erasure_erasure", "tenants_tenant", "auditlog_auditevent"}


def files_under(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def actions(tenant_id: UUID) -> list[str]:
    """What a log says of erasures."""
    with tenant_transaction(tenant_id):
        found = AuditEvent.objects.filter(action__in=["keys.tenant.destroyed"]) | AuditEvent.objects.filter(
            action__startswith="erasure."
        )
        return [event.action.removeprefix("erasure.") for event in found.order_by("at", "id")]


def test_everything_goes_and_nothing_else(doomed: Tenant, globex: Tenant, provider: Tenant, tmp_path: Path) -> None:
    """R1: every table, store, queue; a word that was everywhere is nowhere; the neighbour is as before, bit for bit."""
    plant(doomed, WORD)
    plant(globex, "kanari-other")
    own_rows, globex_rows = rows_of(doomed.id), rows_of(globex.id)
    assert [table for table, rows in own_rows.items() if not rows] == []
    erasure_id = planned(doomed).id
    rows, files = every_row(), files_under(tmp_path)

    erasure = run_erasure(erasure_id, actor=ACTOR)

    assert (erasure.state, erasure.step, erasure.error) == (ErasureState.PROVEN, Step.PROOF, "")
    assert erasure.counts["tables"] == {table: len(found) for table, found in own_rows.items()} | {
        "auditlog_auditevent": len(own_rows["auditlog_auditevent"]) + 2  # planned, begun
    }
    work = Work(erasure, doomed.company_code, ACTOR)
    assert prove(work, canaries=[WORD]) == []
    assert rows_of(globex.id) == globex_rows
    after = every_row()
    gone = {text for key, text in rows.items() if key not in after}
    assert [text for text in gone if str(doomed.id) not in text] == []
    assert {table for table, (_went, came) in changed(rows, after).items() if came} == EVIDENCE
    now = files_under(tmp_path)
    went = {name for name in files if name not in now}
    assert all(str(doomed.id) in name for name in went)
    assert {name for name in now if str(doomed.id) in name} == {
        f"{site}/platform/erasures/{doomed.id}/{erasure.id}/{phase}.json"
        for site in ("backups", "second")
        for phase in ("planned", "begun", "proven")
    }
    assert {name: content for name, content in now.items() if name in files} == {
        name: content for name, content in files.items() if name not in went
    }
    assert not any(WORD.encode() in content for content in now.values())
    assert cache.get(f"something:{doomed.id}") is None
    assert cache.get(f"something:{globex.id}") == "kanari-other"
    with memory() as store:
        assert (store.llen(queue(doomed)), store.llen(queue(globex))) == (0, 1)
        store.delete(queue(globex))


def test_what_it_leaves_is_evidence(doomed: Tenant, provider: Tenant) -> None:
    """R1, R2: closed for good, keys destroyed, the newest backup refused; ledger and log name it by id and code."""
    plant(doomed, WORD)
    newest = max(name.name.split("/")[3] for name in backup_store().list(f"tenants/{doomed.id}/archives/"))
    erasure = run_erasure(planned(doomed).id, actor=ACTOR)

    with platform_transaction():
        assert Tenant.objects.get(id=doomed.id).state == State.ERASED
    assert resolve_company("DOOMED") is None
    with pytest.raises(TenantKeysDestroyed):
        key_store().create_tenant_keys(doomed.id)
    destroyed = key_store().destroyed(doomed.id)
    assert destroyed is not None
    assert erasure.key_ids == list(destroyed.key_ids)
    assert erasure.proof["decryption"] | {"at": "", "why": ""} == {
        "archive": newest, "cause": "unreadable", "at": "", "why": ""
    }  # fmt: skip
    for store in (backup_store(), backup_copy_store()):
        assert store is not None
        found = {entry.phase: entry for entry in ledger.entries(store)}
        assert set(found) == {Phase.PLANNED, Phase.BEGUN, Phase.PROVEN}
        proven = found[Phase.PROVEN]
        assert (proven.tenant_id, proven.at, list(proven.key_ids)) == (doomed.id, erasure.finished_at, erasure.key_ids)
        assert proven.counts["tables.documents_document"] == erasure.counts["tables"]["documents_document"]
        assert [one.code for one in proven.stays] == [f"{one['why']}.{one['place']}" for one in erasure.holdbacks]
    assert actions(doomed.id) == []
    steps = ["step"] * 7
    assert actions(provider.id) == ["planned", "begun", *steps[:5], "keys.tenant.destroyed", *steps[5:], "proven"]
    with tenant_transaction(provider.id):
        told = AuditEvent.objects.get(action="erasure.proven")
    assert (told.target_id, told.target_label) == (str(doomed.id), "DOOMED")
    assert told.after is not None
    assert told.after["counts"] == [f"{count} {name}" for name, count in sorted(proven.counts.items())]

    again = run_erasure(erasure.id, actor=ACTOR)
    assert (again.finished_at, again.attempts, again.proof) == (erasure.finished_at, 1, erasure.proof)


def test_who_may_not_be_erased(doomed: Tenant, provider: Tenant) -> None:
    """R1: not while people work in it, not before the day, and what the search finds later is told."""
    now = timezone.now()
    erasure = planned(doomed)
    with platform_transaction():
        Tenant.objects.filter(id=doomed.id).update(state=State.ACTIVE)
    with pytest.raises(ErasureRefused, match="use has ended"):
        run_erasure(erasure.id, actor=ACTOR)
    with platform_transaction():
        Tenant.objects.filter(id=doomed.id).update(state=State.SUSPENDED)
        Erasure.objects.filter(id=erasure.id).update(begin_at=now + timedelta(hours=1))
    with pytest.raises(ErasureRefused, match="begins on"):
        run_erasure(erasure.id, actor=ACTOR)
    assert [entry.phase for entry in ledger.entries(backup_store())] == [Phase.PLANNED]
    assert rows_of(doomed.id)["accounts_role"] == []
    with pytest.raises(ValueError, match="counters and known words"):
        ledger.Entry(
            tenant_id=doomed.id,
            erasure_id=erasure.id,
            phase=Phase.BEGUN,
            ground="Mr. Tanaka asked",
            ground_id=None,
            at=now,
            begin_at=now,
            due_at=now,
        )


def test_every_table_says_whose_its_rows_are() -> None:
    """R1, R6: a table comes before those that it refers to, so that its rows go first."""
    order = [table.name for table in tables_to_empty()]
    for table in tables_to_empty():
        for reference in table.referred_by:
            assert order.index(reference.table) <= order.index(table.name)
