"""A hold keeps exactly its scope, whoever deletes it (R5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.people.removal import remove_user
from auditlog.models import AuditEvent
from auditlog.retention.expiry import drop_expired
from backups.generations import apply_generations
from documents import contents, removal, tree
from documents.models import Document, DocumentVersion, Folder
from retention.holds.models import Hold, Scope
from tenants.isolation.assets import TableKind, asset_models
from tenants.isolation.context import tenant_scope
from tenants.isolation.keeping import held_rows, held_tenants, is_held, not_held
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.retention.conftest import JOB, log_of, partitions_put_back, write_old
from tests.backups.conftest import Made, made
from tests.conftest import EVERY_ROLE
from tests.documents.making import objects_of, tree_of
from tests.retention.holds.conftest import Furnished, Place, kept_rows

__all__ = ["made", "partitions_put_back", "write_old"]

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def delete_all(company: Furnished) -> None:
    """The company deletes everything that it has, and everybody but Anna leaves."""
    with tenant_transaction(company.tenant.id):
        for folder in Folder.objects.filter(parent=None):
            tree.delete_folder(folder, actor=company.anna.actor)
        for document in Document.objects.all():
            contents.delete_document(document, actor=company.anna.actor)
        remove_user(User.objects.get(user_id="emil"), actor=company.anna.actor)


def held_names(company: Furnished) -> set[str]:
    """The paths of the contents that are there still."""
    there = set(objects_of(company.tenant))
    return {path for path, name in company.objects.items() if name in there}


@pytest.mark.parametrize(
    ("scope", "name", "held", "people"),
    [
        (Scope.FOLDER, "cases", {"cases/2026/a.txt", "cases/b.txt"}, set()),
        (Scope.FOLDER, "cases/2026", {"cases/2026/a.txt"}, set()),
        (Scope.DOCUMENT, "plans/c.txt", {"plans/c.txt"}, set()),
        (Scope.PERSON, "emil", {"d.txt"}, {"emil"}),
        (Scope.COMPANY, "", {"cases/2026/a.txt", "cases/b.txt", "plans/c.txt", "d.txt"}, {"emil"}),
        (Scope.AUDIT, "", set(), set()),
    ],
)
def test_deletion_leaves_the_scope_and_nothing_else(
    ours: Furnished,
    theirs: Furnished,
    place: Place,
    release: Callable[[Hold], Hold],
    scope: Scope,
    name: str,
    held: set[str],
    people: set[str],
) -> None:
    """R5: rows and contents of the scope are kept out of everybody's sight, all else goes; so does this, on release."""
    days = {"first_day": timezone.localdate(), "last_day": timezone.localdate()} if scope == Scope.AUDIT else {}
    hold = place(ours.tenant, scope, name, **days)
    neighbours = tree_of(theirs.tenant)

    delete_all(ours)
    assert tree_of(ours.tenant) == {}
    assert held_names(ours) == held
    kept = {row["object_name"] for row in kept_rows("documents_documentversion")}
    assert kept == {ours.objects[path] for path in held}
    assert {row["name"] for row in kept_rows("documents_document")} == {path.rpartition("/")[2] for path in held}
    assert {row["user_id"] for row in kept_rows("accounts_user")} == people
    assert tree_of(theirs.tenant) == neighbours

    delete_all(theirs)
    assert held_names(theirs) == set()
    release(hold)
    assert objects_of(ours.tenant) == []
    assert kept_rows() == []


def test_what_a_hold_has_seen_it_holds_on_to(ours: Furnished, place: Place) -> None:
    """R5: moved out of the folder or put into it, by whichever way, a document stays held; and so does what comes."""
    place(ours.tenant, Scope.FOLDER, "cases")
    with tenant_transaction(ours.tenant.id):
        document = Document.objects.get(name="b.txt")
        contents.move_document(document, to=None, actor=ours.anna.actor)
        tree.move_folder(Folder.objects.get(name="2026"), to=None, actor=ours.anna.actor)
        cases = Folder.objects.get(name="cases")
        contents.move_document(Document.objects.get(name="c.txt"), to=cases, actor=ours.anna.actor)
    with tenant_transaction(ours.tenant.id):
        covered = held_rows(Document, ours.tenant.id)
        assert covered is not None
        assert set(Document.objects.filter(covered).values_list("name", flat=True)) == {"a.txt", "b.txt", "c.txt"}
        assert [one.name for one in not_held(Document.objects.all())] == ["d.txt"]
        assert [one.document.name for one in not_held(DocumentVersion.objects.all())] == ["d.txt"]
        assert {one.name for one in not_held(Folder.objects.all())} == {"plans"}
    delete_all(ours)
    assert held_names(ours) == {"cases/2026/a.txt", "cases/b.txt", "plans/c.txt"}


def test_the_account_is_gone_and_its_versions_stay_held(ours: Furnished, place: Place) -> None:
    """R5: a person who is removed loses their name in the live rows, which the hold knows still."""
    place(ours.tenant, Scope.PERSON, "emil")
    with tenant_transaction(ours.tenant.id):
        remove_user(User.objects.get(user_id="emil"), actor=ours.anna.actor)
        assert DocumentVersion.objects.get(document__name="d.txt").uploaded_by_id is None
    with tenant_transaction(ours.tenant.id):
        assert not not_held(DocumentVersion.objects.filter(document__name="d.txt")).exists()
    with tenant_transaction(ours.tenant.id):
        contents.delete_document(Document.objects.get(name="d.txt"), actor=ours.anna.actor)
    assert "d.txt" in held_names(ours)


def test_questions_of_the_port(ours: Furnished, theirs: Furnished, place: Place) -> None:
    """R5: two holds together, each company by itself; nothing is held after nothing was placed."""
    assert held_tenants(Document) == frozenset()
    assert not is_held(ours.tenant.id)
    place(ours.tenant, Scope.DOCUMENT, "d.txt")
    place(ours.tenant, Scope.PERSON, "anna")
    assert held_tenants(Document) == {ours.tenant.id} == held_tenants(AuditEvent)
    assert held_rows(Document, theirs.tenant.id) is None
    with tenant_transaction(ours.tenant.id):
        assert not not_held(Document.objects.all()).exists()
        assert [user.user_id for user in not_held(User.objects.all())] == ["emil"]
        kinds = not_held(AuditEvent.objects.all()).values_list("actor_id", flat=True)
        assert ours.anna.user.id not in set(kinds)


def test_the_sweep_leaves_held_contents(ours: Furnished, place: Place) -> None:
    """R5: also the daily sweep asks; a copy of the object's name alone does not keep it."""
    place(ours.tenant, Scope.DOCUMENT, "d.txt")
    delete_all(ours)
    with tenant_scope(ours.tenant.id):
        assert removal.remove_unreferenced(list(ours.objects.values())) == 3
    assert held_names(ours) == {"d.txt"}


@pytest.mark.parametrize("scope", [Scope.AUDIT, Scope.COMPANY])
def test_held_events_are_put_aside_before_their_partition_goes(
    provider: Tenant,
    acme: Tenant,
    globex: Tenant,
    place: Place,
    write_old: Callable[..., AuditEvent],
    scope: Scope,
) -> None:
    """R5, G5: the partition is dropped with what is not held; the held events are copied whole, once."""
    day = (timezone.now() - timedelta(days=31)).date()
    days = {"first_day": day - timedelta(days=1), "last_day": day + timedelta(days=1)} if scope == Scope.AUDIT else {}
    held = write_old(acme, "d30", 31)
    also = write_old(acme, "d30", 40)
    write_old(globex, "d30", 31)
    before = {row["id"]: row for row in log_of(acme)}
    place(acme, scope, **days)
    with tenant_scope(provider.id):
        assert len(drop_expired(actor=JOB).dropped) == 2
    expected = [before[str(held.id)]] + ([before[str(also.id)]] if scope == Scope.COMPANY else [])
    assert sorted(kept_rows("auditlog_auditevent"), key=lambda row: str(row["at"]), reverse=True) == expected


def test_all_generations_of_a_held_company_stay(
    ours: Furnished, theirs: Furnished, place: Place, release: Callable[[Hold], Hold], made: Made
) -> None:
    """R5, B2: beyond the plan they are removed again once the hold is released; of others as ever."""
    count = Tenant.objects.using("platform").get(id=ours.tenant.id).plan.generations + 2
    for company in (ours, theirs):
        for day in range(count):
            made(company.tenant, hours=24 * day + 1)
    hold = place(ours.tenant, Scope.COMPANY)
    with tenant_scope(theirs.tenant.id):
        assert apply_generations(actor=JOB) == 2
    with tenant_scope(ours.tenant.id):
        assert apply_generations(actor=JOB) == 0
    release(hold)
    with tenant_scope(ours.tenant.id):
        assert apply_generations(actor=JOB) == 2


def test_no_role_of_a_company_reads_a_hold(ours: Furnished, place: Place) -> None:
    """R5: sealed or not, the app role is refused by the database; what is told is a table of its own."""
    place(ours.tenant, Scope.COMPANY, sealing="The investigation would be in danger")
    for table in ("holds_hold", "holds_keptrow"):
        with tenant_transaction(ours.tenant.id), connections["default"].cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT, INSERT, UPDATE, DELETE')", [table])
            assert cursor.fetchone() == (False,)
    with tenant_transaction(ours.tenant.id), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM holds_companynotice")
        assert cursor.fetchone() == (0,)


def test_every_table_of_a_company_is_kept() -> None:
    """R5: what a company takes along when it leaves is what a hold on all of it keeps; a new table is told here."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'holds_deleted'")
        kept = {table for (table,) in cursor.fetchall()}
    # The log loses rows with its partitions only, and these are put aside before.
    returned = {
        model._meta.db_table
        for model, asset in asset_models()
        if asset.returned and asset.kind is TableKind.TENANT and model is not AuditEvent
    }
    assert kept == returned
