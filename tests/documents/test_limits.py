"""What a plan allows (T7), and how it is counted."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from documents import contents, limits, queries, tasks, tree
from documents.models import Document, Folder, StorageUse
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tenants.plans import PLANS, Plan, PlanCode
from tests.conftest import Cast
from tests.documents.making import SOMEBODY, add_file, nothing_was_kept, objects_of, referenced_by, tree_of
from tests.documents.sending import DROPZONE, browser_of, drop, file, said, send_body, submit, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The plan of the test tenants with limits that tests can reach: 1,000 bytes a file, 2,500 in all."""
    plan = Plan(PlanCode.STANDARD, users=5, storage_bytes=2500, file_bytes=1000, generations=1)
    monkeypatch.setitem(PLANS, PlanCode.STANDARD, plan)
    return plan


# --- Uploads -----------------------------------------------------------------------------------------------------
def test_a_file_may_have_exactly_what_the_plan_allows(cast: Cast, small_plan: Plan) -> None:
    """T7: the limit itself is allowed, a byte more is not."""
    assert drop(cast.editor, "a.bin", bytes(1000))[0] == 200
    status, answer = drop(cast.editor, "b.bin", bytes(1001))
    assert status == 413
    assert "1000\xa0bytes" in answer["error"]
    assert list(tree_of(cast.editor.tenant)) == ["a.bin"]
    assert objects_of(cast.editor.tenant) == referenced_by(cast.editor.tenant)


def test_a_length_beyond_the_plan_is_refused_before_the_body_is_read(cast: Cast, small_plan: Plan) -> None:
    """T7: at once, by the announced length. None of these bodies has a form in it."""
    allowed = 1000 + 64 * 1024
    for body, announced, status in ((bytes(allowed), allowed, 400), (b"", allowed + 1, 413), (b"", 10**15, 413)):
        headers = {**DROPZONE, "content-length": str(announced)}
        assert send_body(browser_of(cast.editor), url_of(), body, headers=headers).status_code == status
    assert nothing_was_kept(cast.editor.tenant)


def test_a_form_of_several_files_is_counted_file_by_file(cast: Cast, small_plan: Plan) -> None:
    """T7: 2,400 bytes in three files are fine; one of them too large is not; too much in all is not."""
    assert said(submit(cast.editor, *[file(f"{n}", bytes(800)) for n in range(3)])) == "3 files were saved."
    assert len(objects_of(cast.editor.tenant)) == 3
    assert "1000\xa0bytes" in said(submit(cast.editor, file("small", b"1"), file("large", bytes(1001))))
    assert "100\xa0bytes left" in said(submit(cast.editor, file("x", bytes(60)), file("y", bytes(60))))
    assert sorted(tree_of(cast.editor.tenant)) == ["0", "1", "2"]
    assert len(objects_of(cast.editor.tenant)) == 3


def test_the_storage_of_the_plan_is_for_all_versions_of_this_company(cast: Cast, small_plan: Plan) -> None:
    """T7: earlier versions count, the other company's files do not."""
    with tenant_transaction(cast.outsider.tenant.id):
        add_file("theirs.bin", bytes(2400))
    assert drop(cast.editor, "a.bin", bytes(1000))[0] == 200
    assert drop(cast.editor, "a.bin", bytes(1000))[0] == 200
    status, answer = drop(cast.editor, "a.bin", bytes(501))
    assert status == 413
    assert "500\xa0bytes left" in answer["error"]
    assert drop(cast.editor, "a.bin", bytes(500))[0] == 200
    assert drop(cast.editor, "empty.bin", b"")[0] == 200
    assert drop(cast.editor, "b.bin", b"1")[0] == 413


# --- Counting ----------------------------------------------------------------------------------------------------
def noted(tenant: Tenant) -> list[int]:
    """What is noted of a tenant."""
    with tenant_transaction(tenant.id):
        return list(StorageUse.objects.values_list("size", flat=True))


def test_what_is_noted_is_what_is_there(acme: Tenant, globex: Tenant) -> None:
    """T7: after files came as versions, and went alone and with a folder; the other company has its own sum."""
    with tenant_transaction(globex.id):
        add_file("theirs.bin", bytes(7))
    with tenant_transaction(acme.id):
        assert queries.storage_used() == 0
        add_file("f/a.bin", bytes(100))
        add_file("f/a.bin", bytes(20))
        add_file("b.bin", bytes(3))
        assert (queries.storage_used(), queries.counted_storage()) == (123, 123)
        tree.delete_folder(Folder.objects.get(), actor=SOMEBODY)
        assert (queries.storage_used(), queries.counted_storage()) == (3, 3)
        contents.delete_document(Document.objects.get(), actor=SOMEBODY)
        assert (queries.storage_used(), queries.counted_storage()) == (0, 0)
    assert (noted(acme), noted(globex)) == ([0], [7])


def test_a_company_without_a_note_is_counted(acme: Tenant) -> None:
    """As one is that was restored from its archive, which has the files and not the note."""
    with tenant_transaction(acme.id):
        add_file("a.bin", bytes(100))
        StorageUse.objects.all().delete()
        assert queries.storage_used() == 100
        add_file("b.bin", bytes(11))
    assert noted(acme) == [111]


def test_a_wrong_note_is_put_right_every_day(
    acme: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Whatever went past the services; and a note that is too small never stops a deletion."""
    with tenant_transaction(acme.id):
        add_file("a.bin", bytes(100))
        document = add_file("b.bin", bytes(50)).document
        StorageUse.objects.update(size=10)
        contents.delete_document(document, actor=SOMEBODY)
    assert noted(acme) == [0]
    with tenant_scope(acme.id):
        tasks.sweep_objects.delay()
    assert noted(acme) == [100]
    with tenant_transaction(acme.id):
        StorageUse.objects.all().delete()
        limits.recount_storage()
    assert noted(acme) == [100]
