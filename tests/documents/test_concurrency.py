"""Several people at the same moment (D1, T7). These tests commit, on real connections, one a thread."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from documents import contents, counterparties, limits, tree
from documents.locks import lock_tree
from documents.models import Counterparty, Document, DocumentVersion, Folder
from documents.names import Place
from documents.objects import store_content
from tenants.isolation.transactions import current_connection, tenant_transaction
from tenants.models import Tenant
from tenants.plans import PLANS, Plan, PlanCode
from tests.conftest import EVERY_ROLE
from tests.documents.making import SOMEBODY, add_file, folders_of, objects_of, referenced_by, tree_of

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def at_once(tenant: Tenant, *jobs: Callable[[], Any]) -> list[str | None]:
    """Run the jobs at the same moment, each in a transaction of its own; the codes of their refusals, None for none."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> str | None:
        try:
            with tenant_transaction(tenant.id):
                current_connection().ensure_connection()
                start.wait(timeout=20)
                job()
        except ValidationError as refusal:
            return refusal.code if hasattr(refusal, "code") else "fields"
        else:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_the_same_name_at_once_makes_versions_one_after_the_other(acme: Tenant) -> None:
    """D1: no upload is lost, no number is given twice, and the folder on the way is made once."""
    jobs = [partial(add_file, "new/報告.txt", bytes([n])) for n in range(6)]
    assert at_once(acme, *jobs) == [None] * 6
    with tenant_transaction(acme.id):
        assert sorted(DocumentVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
        assert Document.objects.get().version_number == 6
    assert folders_of(acme) == ["new"]
    assert sorted(tree_of(acme)["new/報告.txt"]) == [bytes([n]) for n in range(6)]


def test_one_name_goes_to_a_folder_or_a_document_not_to_both(acme: Tenant) -> None:
    """No constraint of the database can say it, so the order of changes does."""
    for name in ("a", "b", "c", "d"):
        make_folder = partial(tree.create_folder, name=name, parent=None, actor=SOMEBODY)
        outcomes = at_once(acme, make_folder, partial(add_file, name))
        assert sorted(map(str, outcomes)) == ["None", "taken"]
    assert len(folders_of(acme)) + len(tree_of(acme)) == 4
    assert objects_of(acme) == referenced_by(acme)


def test_two_moves_at_once_make_no_circle(acme: Tenant) -> None:
    """Each alone is fine; together they would cut both folders off from the top."""
    with tenant_transaction(acme.id):
        a, b = (tree.create_folder(name=name, parent=None, actor=SOMEBODY) for name in "ab")
    outcomes = at_once(
        acme,
        lambda: tree.move_folder(a, to=b, actor=SOMEBODY),
        lambda: tree.move_folder(b, to=a, actor=SOMEBODY),
    )
    assert sorted(map(str, outcomes)) == ["None", "into_itself"]
    assert len(folders_of(acme)) == 2


def test_an_upload_into_a_folder_that_is_being_deleted(acme: Tenant) -> None:
    """Either it comes first and goes with the folder, or it is refused; never does it hang in the air."""
    with tenant_transaction(acme.id):
        folder = tree.create_folder(name="f", parent=None, actor=SOMEBODY)
        add_file("x.txt", folder=folder)
    outcomes = at_once(
        acme, lambda: tree.delete_folder(folder, actor=SOMEBODY), lambda: add_file("y.txt", folder=folder)
    )
    assert outcomes[0] is None
    assert outcomes[1] in {None, "gone"}
    assert (folders_of(acme), tree_of(acme)) == ([], {})
    assert objects_of(acme) == []


def test_the_storage_of_the_plan_is_not_shared_out_twice(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """T7: two files that fit alone and not together: one is stored."""
    monkeypatch.setitem(PLANS, PlanCode.STANDARD, Plan(PlanCode.STANDARD, 5, 100, 100, 1))
    outcomes = at_once(acme, lambda: add_file("a", bytes(60)), lambda: add_file("b", bytes(60)))
    assert sorted(map(str, outcomes)) == ["None", "storage_full"]
    assert objects_of(acme) == referenced_by(acme)
    with tenant_transaction(acme.id):
        assert limits.allowance().room == 40


def test_a_code_goes_to_one_of_two_counterparties(acme: Tenant) -> None:
    """D4: the second one reads that the code is taken."""

    def create() -> None:
        counterparties.create_counterparty(code="C-1", name="Partner", actor=SOMEBODY)

    assert sorted(map(str, at_once(acme, create, create))) == ["None", "fields"]
    with tenant_transaction(acme.id):
        assert Counterparty.objects.count() == 1


def test_companies_do_not_wait_for_each_other(acme: Tenant, globex: Tenant) -> None:
    """T1: the lock on a tree is the tenant's own."""
    with tenant_transaction(acme.id):
        lock_tree()
        assert at_once(globex, lambda: add_file("a.txt")) == [None]
    assert list(tree_of(globex)) == ["a.txt"]


def test_a_version_that_is_added_twice_is_refused_by_the_database(acme: Tenant) -> None:
    """A job that runs again cannot make two versions of one content."""
    from django.db import IntegrityError

    with tenant_transaction(acme.id):
        content = store_content([b"once"], name="a")
        contents.add_version(content, place=Place((), "a"), actor=SOMEBODY)
    with pytest.raises(IntegrityError), tenant_transaction(acme.id):
        contents.add_version(content, place=Place((), "b"), actor=SOMEBODY)
    with tenant_transaction(acme.id):
        assert Document.objects.count() == 1
        assert Folder.objects.count() == 0
