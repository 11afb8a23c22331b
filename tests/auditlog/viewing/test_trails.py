"""Who touched this file in March, and what did they do (G2)."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.users import suspend_user
from auditlog.queries import events
from auditlog.trails import by_kind, by_person, events_on
from documents.contents import delete_document
from documents.models import Document
from tenants.isolation.transactions import tenant_transaction
from tests.auditlog.conftest import SOMEBODY, write
from tests.conftest import Cast
from tests.documents.making import add_file
from tests.factories.people import Person

pytestmark = pytest.mark.django_db

NAME = "契約/見積書.pdf"


def document_of(person: Person) -> Document:
    """A document of the same name in whichever company."""
    with tenant_transaction(person.tenant.id):
        add_file(NAME)
        return Document.objects.get(name="見積書.pdf")


def trail(client: Client, document: Document, **query: str) -> str:
    """The page with the trail of a document."""
    asked = {"target_type": "documents.document", "target": str(document.id), **query}
    return client.get("/console/audit/target/", asked).content.decode()


def tables(page: str) -> tuple[str, str]:
    """The sum and the events, as text."""
    bodies = re.findall(r"<tbody.*?</tbody>", page, re.DOTALL)
    sums, listed = (" ".join(re.sub(r"<[^>]+>", " ", body).split()) for body in bodies)
    return sums, listed


def test_everybody_who_touched_a_document_is_in_its_trail(cast: Cast) -> None:
    """G2: who looked, who took it along, how often; reached from the page of the document."""
    document = document_of(cast.admin)
    page = reverse("documents:document", args=[document.id])
    for _ in range(3):
        cast.reader.client().get(page)
    b"".join(cast.editor.client().get(page + "download/"))
    shown = cast.admin.client().get(page).content.decode()
    link = f"/console/audit/target/?target_type=documents.document&amp;target={document.id}"
    assert link in shown
    assert link not in cast.reader.client().get(page).content.decode()
    sums, listed = tables(trail(cast.admin.client(), document))
    assert "Rob rob Looked at a document 4 4" in sums
    assert "Erin erin Downloaded a file 1 1" in sums
    assert "Alice alice Looked at a document 1 1" in sums
    assert "Uploaded a file 1 1" in sums
    assert listed.count("Looked at a document") == 5


def test_who_touched_this_file_in_march(cast: Cast) -> None:
    """G2: the question of the issue. March is where the reader is: it begins in Tokyo while UTC has February."""
    document = document_of(cast.admin)
    page = reverse("documents:document", args=[document.id])
    visits = {
        "rob": datetime(2026, 11, 30, 14, 59, tzinfo=UTC),
        "erin": datetime(2026, 11, 30, 15, 0, tzinfo=UTC),
        "alice": datetime(2026, 12, 2, 0, 0, tzinfo=UTC),
    }
    people = {"rob": cast.reader, "erin": cast.editor, "alice": cast.admin}
    for user_id, moment in visits.items():
        with time_machine.travel(moment, tick=False):
            people[user_id].client().get(page)
    with time_machine.travel(visits["alice"], tick=False):
        client = cast.admin.client()
        december, _listed = tables(trail(client, document, since="2026-12-01", until="2026-12-01"))
        november, _listed = tables(trail(client, document, period="last-month"))
    assert re.findall(r"alice|erin|rob", december) == ["erin"]
    assert re.findall(r"alice|erin|rob", november) == ["rob"]


def test_a_deleted_document_keeps_its_trail(cast: Cast) -> None:
    """G2: found by the target of an event, since there is no page of it any more."""
    document = document_of(cast.admin)
    key = str(document.id)
    with tenant_transaction(cast.admin.tenant.id):
        delete_document(document, actor=cast.editor.actor)
    client = cast.admin.client()
    assert client.get(f"/documents/files/{key}/").status_code == 404
    log = client.get("/console/audit/", {"q": "契約/見"}).content.decode()
    link = re.search(r'href="(/console/audit/target/\?[^"]+)"', log)
    assert link is not None
    page = client.get(link[1].replace("&amp;", "&")).content.decode()
    assert "Trail of 契約/見積書.pdf" in page
    sums, listed = tables(page)
    assert "Erin erin Deleted a document 1 1" in sums
    assert "Uploaded a file" in listed


def test_documents_of_one_name_are_told_apart(cast: Cast) -> None:
    """T1: a second company's document of the same name, and its key in one's own address, show nothing of it."""
    mine, theirs = document_of(cast.admin), document_of(cast.outsider)
    cast.outsider.client().get(reverse("documents:document", args=[theirs.id]))
    client = cast.admin.client()
    with tenant_transaction(cast.outsider.tenant.id):
        before = list(events_on("documents.document", str(theirs.id)).values_list("id", flat=True))
    assert len(before) == 2
    assert "Nothing was recorded in this period" in trail(client, theirs)
    assert "Gina" not in trail(client, mine)
    assert "Gina" not in client.get("/console/audit/", {"target": "契約/見"}).content.decode()
    with tenant_transaction(cast.outsider.tenant.id):
        assert list(events_on("documents.document", str(theirs.id)).values_list("id", flat=True)) == before


def test_what_a_user_did(cast: Cast) -> None:
    """G2: by kind, with a way to what was done to the account; a namesake's deeds are not among them."""
    document = document_of(cast.admin)
    cast.editor.client().get(reverse("documents:document", args=[document.id]))
    write(cast.admin.tenant, actor=SOMEBODY, label="somebody else who was called erin")
    with tenant_transaction(cast.admin.tenant.id):
        suspend_user(User.objects.get(user_id="rob"), actor=cast.editor.actor)
    client = cast.admin.client()
    about = client.get(reverse("console:user", args=[cast.editor.user.id])).content.decode()
    link = f"/console/audit/user/?account={cast.editor.user.id}&amp;user=erin"
    assert link in about
    page = client.get(link.replace("&amp;", "&")).content.decode()
    sums, listed = tables(page)
    assert "Data access Looked at a document 1 1" in sums
    assert "Users and roles" in sums
    assert "somebody else" not in listed
    to_account = f"/console/audit/target/?target_type=accounts.user&amp;target={cast.editor.user.id}"
    assert to_account in page
    # The fields of the page send the person along, so that the next question is about them, too.
    assert f'name="account" value="{cast.editor.user.id.hex}"' in page
    narrowed = client.get(link.replace("&amp;", "&"), {"kind": "users"})
    assert narrowed.status_code == 200


@pytest.mark.parametrize("number", [1, 30])
def test_trails_cost_the_same_for_many(
    cast: Cast, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Style 7.22: one number of queries."""
    document = document_of(cast.admin)
    reader, admin = cast.reader.client(), cast.admin.client()
    for _ in range(number):
        reader.get(reverse("documents:document", args=[document.id]))
    with django_assert_num_queries(17):
        trail(admin, document)
    with django_assert_num_queries(16):
        admin.get("/console/audit/user/", {"account": str(cast.reader.user.id), "user": "rob"})


@pytest.mark.parametrize("query", [{}, {"target": "x\0", "target_type": "\0"}, {"account": "x", "user": "\0"}])
def test_addresses_are_typed_by_anybody(cast: Cast, query: dict[str, Any]) -> None:
    """D6: nonsense finds nothing."""
    for name in ("target", "user"):
        answer = cast.admin.client().get(f"/console/audit/{name}/", query)
        assert answer.status_code == 200
        assert "Nothing was recorded in this period" in answer.content.decode()


def test_sums_are_right(cast: Cast) -> None:
    """G2: compared with the events themselves."""
    document = document_of(cast.admin)
    for _ in range(2):
        cast.reader.client().get(reverse("documents:document", args=[document.id]))
    with tenant_transaction(cast.admin.tenant.id):
        chosen = events_on("documents.document", str(document.id))
        times = sorted(chosen.filter(actor_user_id="rob").values_list("at", flat=True))
        (robs,) = [share for share in by_person(chosen) if share.user_id == "rob"]
        assert (robs.times, robs.first, robs.last) == (2, times[0], times[-1])
        assert sum(share.times for share in by_kind(events())) == events().count()
