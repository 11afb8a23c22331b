"""Files of inquiries: which may be sent, where they lie, and with whom they go (N4, D7)."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from backups.restoring import restore_archive
from backups.taking import take_archive
from incidents.inquiries import attachments, queries
from incidents.inquiries.attachments import MOST_BYTES, MOST_FILES, Sent, open_content, stored, sweep
from incidents.inquiries.models import Inquiry
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR
from tests.conftest import EVERY_ROLE, Cast
from tests.incidents.inquiries.asking import PNG, ask
from tests.retention.returning.conftest import asked, part_of, seal_now, unpacked
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

LOG = "エラー\n".encode()


def objects(tenant: Tenant) -> list[str]:
    """The objects of the company in the store."""
    return [info.name for info in document_store().list(f"{tenant.id}/inquiries/")]


def contents(tenant: Tenant, number: int = 1) -> dict[str, bytes]:
    """The files of an inquiry of the company."""
    with tenant_transaction(tenant.id):
        [message] = queries.thread_of(Inquiry.objects.get(number=number))
        return {file.name: open_content(file).read() for file in message.attachments.all()}


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ([Sent("run.exe", b"MZ\x90\x00\x03")], "cannot be sent"),
        ([Sent("picture.png", b"MZ\x90\x00\x03")], "cannot be sent"),
        ([Sent("page.html", b"<html><script>alert(1)</script>")], "cannot be sent"),
        ([Sent("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")], "cannot be sent"),
        ([Sent("report.pdf", PNG)], "cannot be sent"),
        ([Sent("empty.txt", b"")], "is empty"),
        ([Sent("a.txt", LOG)] * (MOST_FILES + 1), "At most 5 files"),
        ([Sent("a.txt", b"x" * MOST_BYTES), Sent("b.txt", b"x")], "larger than 10 MB"),
        ([Sent("fine.txt", LOG), Sent("run.exe", b"MZ\x90\x00\x03")], "cannot be sent"),
    ],
    ids=["program", "disguised", "page", "drawing", "other", "empty", "many", "large", "one-of-two"],
)
def test_what_is_not_wanted_is_refused_as_a_whole(cast: Cast, acme: Tenant, files: list[Sent], complaint: str) -> None:
    """N4, D6: by content and by name; nothing is stored then."""
    with translation.override("en"), pytest.raises(ValidationError, match=complaint):
        ask(cast.admin, *files)
    assert objects(acme) == []


def test_what_failed_leaves_nothing_and_what_died_is_swept(
    cast: Cast, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N4: a refused message takes its files along; what a killed process left goes with the sweep, and nothing else."""
    with pytest.raises(ValidationError):
        ask(cast.admin, Sent("a.txt", LOG), text=" ")
    assert objects(acme) == []
    ask(cast.admin, Sent("C:\\x\\kept\u202e.txt", LOG))
    [kept] = objects(acme)
    with tenant_scope(acme.id), stored([Sent("b.txt", LOG)], tenant_id=acme.id):
        assert sweep() == 0
        monkeypatch.setattr(attachments, "SWEEP_AGE", attachments.SWEEP_AGE * 0)
        assert sweep() == 1
    assert objects(acme) == [kept]
    assert contents(acme) == {"kept.txt": LOG}


def test_files_go_with_the_company(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """N4, B4, R3: sealed by its keys; in its archive, in a restore of it and in its data return; never another's."""
    sent = {"screen.png": PNG, "a.log": LOG}
    ask(cast.admin, *(Sent(name, content) for name, content in sent.items()))
    ask(cast.outsider, Sent("theirs.txt", b"theirs"))
    [first, *_more] = objects(acme)
    with document_store().open(first) as raw:
        assert not {content for content in sent.values() if content in raw.read(10_000)}

    with tenant_scope(acme.id):
        archive = take_archive(actor=ACTOR)
    assert archive.object_count == len(sent)
    restored = restore_archive(archive, company_code="COPY", actor=ACTOR)
    assert contents(restored.tenant) == contents(acme) == sent

    seal_now()
    found = unpacked([part_of(asked(acme, cast.admin.actor))])
    returned = {path: content for path, content in found.entries.items() if path.startswith("inquiries/Q-0001/")}
    assert sorted(returned.values()) == sorted(sent.values())
    assert {row["original_path"] for row in found.rows("files")} == {f"inquiries/Q-0001/{name}" for name in sent}
    [row] = found.rows("inquiries_inquiry")
    assert "assigned_to" not in row
    assert not [path for path, content in found.entries.items() if b"theirs" in content]
