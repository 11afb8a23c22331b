"""Removing contents that nothing refers to (D7): at once after a deletion, and by the daily sweep."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from celery.exceptions import Retry
from django.core.exceptions import ValidationError
from django.db import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from config.schedule import SCHEDULE
from documents import contents, removal, tasks, tree
from documents.models import Document, Folder
from documents.names import Place
from documents.objects import object_path, store_content
from tenants.isolation.context import NoTenant, tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State, Tenant
from tests.conftest import EVERY_ROLE
from tests.documents.making import SOMEBODY, add_file, events_of, objects_of, referenced_by, tree_of
from vault.errors import StoreUnavailable
from vault.stores import LocalStore, document_store

pytestmark = pytest.mark.django_db(databases=("default", "platform"))  # removal asks for legal holds


def orphan(tenant: Tenant, *, age: timedelta = timedelta(0)) -> str:
    """A content whose row was never committed, as an upload leaves it that is killed in between; its object's name."""
    with tenant_scope(tenant.id):
        name = store_content([b"left over"], name="a.txt").object_name
        made_older(document_store(), object_path(name), age)
    return name


def made_older(store: object, path: str, age: timedelta) -> None:
    """Let an object of the local store look as if it had been written that long ago."""
    assert isinstance(store, LocalStore)
    moment = time.time() - age.total_seconds()
    os.utime(store.root / path, (moment, moment))


OLD = timedelta(hours=25)


def test_the_sweep_removes_what_is_old_and_unreferenced_and_nothing_else(acme: Tenant, globex: Tenant) -> None:
    """D7: an upload that is under way keeps its content, a version keeps its own, and the other company everything."""
    with tenant_transaction(acme.id):
        kept = add_file("a.txt").object_name
        made_older(document_store(), object_path(kept), OLD)
    fresh, theirs = orphan(acme), orphan(globex, age=OLD)
    for _orphan in range(3):
        orphan(acme, age=OLD)
    with tenant_scope(acme.id):
        assert removal.sweep() == 3
        assert removal.sweep() == 0
    assert objects_of(acme) == sorted([kept, fresh])
    assert objects_of(globex) == [theirs]
    assert events_of(acme)[-1] == ("documents.objects.swept", "documents", "")
    assert events_of(globex) == []


def test_removal_asks_whether_a_version_has_the_content(acme: Tenant, globex: Tenant) -> None:
    """It may be asked for anything, twice, and by mistake: what a version refers to stays."""
    with tenant_transaction(acme.id):
        kept = add_file("a.txt").object_name
    with tenant_transaction(globex.id):
        theirs = add_file("a.txt").object_name
    gone = orphan(acme)
    with tenant_scope(acme.id):
        assert removal.remove_unreferenced([kept, gone, theirs, "never-was"]) == 3
        assert removal.remove_unreferenced([kept, gone]) == 1
    assert objects_of(acme) == [kept]
    assert objects_of(globex) == [theirs]


def test_many_contents_go_in_portions(
    acme: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message of the queue has an end, a folder has none."""
    monkeypatch.setattr(removal, "_BATCH", 2)
    with tenant_transaction(acme.id):
        for number in range(5):
            add_file(f"f/{number}.txt")
        with django_capture_on_commit_callbacks(execute=True) as queued:
            tree.delete_folder(Folder.objects.get(), actor=SOMEBODY)
    assert len(queued) == 3
    assert objects_of(acme) == []


def test_nothing_goes_when_the_deletion_is_rolled_back(
    acme: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """The contents are gone only once the rows are."""
    with tenant_transaction(acme.id):
        document = add_file("a.txt").document

    def delete_and_fail() -> None:
        with tenant_transaction(acme.id):
            contents.delete_document(document, actor=SOMEBODY)
            raise OperationalError("the server is away")

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(OperationalError):
        delete_and_fail()
    assert tree_of(acme) == {"a.txt": [b"content"]}


def test_a_store_that_fails_is_tried_again(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job asks for another run; meanwhile the object stays, and nothing else breaks."""
    name = orphan(acme)
    real, calls = LocalStore.delete, []

    def fail_once(store: LocalStore, path: str) -> None:
        calls.append(path)
        if len(calls) == 1:
            raise StoreUnavailable(path, "the disk is away")
        real(store, path)

    monkeypatch.setattr(LocalStore, "delete", fail_once)
    with tenant_scope(acme.id):
        with pytest.raises(Retry):
            tasks.remove_objects.delay([name])
        assert objects_of(acme) == [name]
        tasks.remove_objects.delay([name])
    assert len(calls) == 2
    assert objects_of(acme) == []


def test_a_file_that_gets_no_row_leaves_no_content(acme: Tenant) -> None:
    """D6: also when a service stores the file, not a request."""
    with tenant_transaction(acme.id):
        tree.create_folder(name="taken", parent=None, actor=SOMEBODY)
        with pytest.raises(ValidationError):
            add_file("taken")

    def broken() -> object:
        yield b"some bytes"
        raise OSError("the source is away")

    with tenant_transaction(acme.id), pytest.raises(OSError, match="source"):
        contents.store_file(broken(), place=Place((), "a"), actor=SOMEBODY)  # type: ignore[arg-type]
    assert objects_of(acme) == []
    assert not list((document_store().root / ".incoming").glob("*"))  # type: ignore[attr-defined]


def test_jobs_need_their_tenant() -> None:
    """T1: a job without a tenant is refused where it is queued."""
    with pytest.raises(NoTenant):
        tasks.remove_objects.delay([])
    with pytest.raises(NoTenant):
        tasks.sweep_objects.delay()


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_the_daily_job_enters_every_company(acme: Tenant, globex: Tenant, own_store: Path) -> None:
    """One entry of the clock sweeps all companies, suspended ones too, and what no company has begun to own."""
    for tenant in (acme, globex):
        orphan(tenant, age=OLD)
    unfinished = own_store / ".incoming" / "interrupted"
    unfinished.touch()
    moment = time.time() - OLD.total_seconds()
    os.utime(unfinished, (moment, moment))
    assert {entry["task"] for entry in SCHEDULE.values()} >= {tasks.sweep_every_tenant.name}
    tasks.sweep_every_tenant.delay()
    assert objects_of(acme, globex) == []
    assert not unfinished.exists()
    assert State.ERASED not in {acme.state, globex.state}


def test_rows_and_objects_agree_after_a_long_day(
    acme: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """However folders and files come and go, the store holds exactly what versions refer to."""
    with tenant_transaction(acme.id), django_capture_on_commit_callbacks(execute=True):
        for number in range(6):
            add_file(f"f{number % 3}/x{number}.txt", bytes([number]))
            add_file(f"f{number % 3}/same.txt", bytes([number]))
        tree.delete_folder(Folder.objects.get(name="f1"), actor=SOMEBODY)
        contents.delete_document(Document.objects.get(name="x0.txt"), actor=SOMEBODY)
    assert objects_of(acme) == referenced_by(acme)
    assert len(objects_of(acme)) == 7
