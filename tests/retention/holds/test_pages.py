"""The pages of holds and disclosures, the mails about reviews, the command (R5)."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from retention.disclosure.models import Disclosure, HandOut
from retention.holds import tasks
from retention.holds.models import Hold, Scope
from tenants.isolation.transactions import platform_transaction
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person
from tests.retention.holds.conftest import Furnished, Place

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

HOLDS = "/operator/holds/"
ORDER = {
    "authority": "Tokyo District Court",
    "reference": "2026 (wa) 1234",
    "legal_ground": "Article 234",
    "requested_on": "2026-11-01",
    "reason": "Evidence",
    "sealing_ground": "",
    "confirmation": "acme",
}


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, address: str, **data: Any) -> str:
    """The page on which the form ends."""
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_a_hold_from_order_to_release(ours: Furnished, theirs: Furnished, olga: Person, otto: Person) -> None:
    """R5: placed by one, reviewed by another, released by both; the company sees it and its neighbour does not."""
    first, second = olga.client(), otto.client()
    anna, neighbour = ours.anna.client(), theirs.anna.client()
    new = f"{HOLDS}new/?company=acme"
    assert "Acme Trading" in body(first, new)
    form = ORDER | {"scope": "folder", "name": "cases/2025", "reviewer": olga.user.id, "review_on": "2020-01-01"}
    shown = post(first, new, **form)
    assert "Select a valid choice" in shown  # nobody reviews their own
    review_on = timezone.localdate() + timedelta(days=30)
    form |= {"reviewer": otto.user.id, "review_on": review_on}
    assert "no folder of this path" in post(first, new, **form)
    shown = post(first, new, **form | {"name": "cases"})
    assert "Nothing of its scope is removed" in shown
    with platform_transaction():
        hold = Hold.objects.get()
    page = f"{HOLDS}{hold.id}/"
    assert "2026 (wa) 1234" in body(anna, "/console/contract/holds/")
    assert "2026 (wa) 1234" not in body(neighbour, "/console/contract/holds/")

    assert "cannot review" in post(first, f"{page}review/", review_on=review_on)
    assert "The review is noted" in post(second, f"{page}review/", review_on=review_on + timedelta(days=1))
    assert "waits for another operator" in post(first, f"{page}release/", reason="Lifted", confirmation="acme")
    assert "another operator has to" in post(first, f"{page}release/confirm/", confirmation="acme")
    assert "The hold stays" in post(second, f"{page}release/withdraw/")
    post(first, f"{page}release/", reason="Lifted", confirmation="acme")
    assert "Type the company code ACME" in post(second, f"{page}release/confirm/", confirmation="globex")
    assert "The hold is released" in post(second, f"{page}release/confirm/", confirmation="acme")
    assert "2026 (wa) 1234" not in body(first, HOLDS)
    assert "2026 (wa) 1234" in body(first, f"{HOLDS}?show=released")


def test_a_sealed_hold_shows_nowhere_in_the_company(ours: Furnished, place: Place, otto: Person) -> None:
    """R5: neither on its pages nor in its log; until it is unsealed."""
    hold = place(ours.tenant, Scope.COMPANY, sealing="Danger to the investigation")
    client = ours.anna.client()
    for address in ("/console/contract/holds/", "/console/audit/"):
        assert "2026 (wa) 1234" not in body(client, address)
    assert "The company sees the hold now" in post(otto.client(), f"{HOLDS}{hold.id}/unseal/")
    assert "2026 (wa) 1234" in body(client, "/console/contract/holds/")


def test_a_disclosure_from_order_to_handout(ours: Furnished, olga: Person, otto: Person) -> None:
    """R5: asked by one, approved by another; the package goes to whoever asked, and each hand-out is on record."""
    first, second = olga.client(), otto.client()
    form = ORDER | {"scope": "document", "name": "d.txt"}
    assert "waits for another operator" in post(first, f"{HOLDS}disclosures/new/?company=acme", **form)
    with platform_transaction():
        asked = Disclosure.objects.get()
    page = f"{HOLDS}disclosures/{asked.id}/"
    assert first.get(f"{page}file/").status_code == 404
    assert "another operator has to" in post(first, f"{page}approve/", confirmation="acme")
    assert "The package is being made" in post(second, f"{page}approve/", confirmation="acme")
    assert "2026 (wa) 1234" in body(ours.anna.client(), "/console/contract/holds/")

    assert second.get(f"{page}file/").status_code == 404
    response: Any = first.get(f"{page}file/")
    content = b"".join(response.streaming_content)
    assert len(content) == int(response["Content-Length"])
    assert zipfile.ZipFile(io.BytesIO(content)).read("files/d.txt/v1/d.txt") == b"d.txt"
    done = {"handed_on": timezone.localdate(), "recipient": "Court clerk Sato", "way": "Encrypted disk"}
    late = done | {"handed_on": timezone.localdate() + timedelta(days=1)}
    assert "not come yet" in post(first, f"{page}handouts/", **late)
    assert "Court clerk Sato" in post(first, f"{page}handouts/", **done)
    with platform_transaction():
        handout = HandOut.objects.get()
    assert handout.sha256 == Disclosure.objects.using("platform").get().sha256
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert otto.client().get(page).status_code == 200
        assert olga.client().get(f"{page}file/").status_code == 404


def test_reviewers_are_reminded_once_a_day(
    ours: Furnished, place: Place, otto: Person, mailoutbox: list[Any], release: Callable[[Hold], Hold]
) -> None:
    """R5: on the day the reviewer alone; overdue, everybody who could; never of a released hold."""
    hold = place(ours.tenant, Scope.COMPANY)
    due: date = hold.review_on
    tasks.remind()
    assert mailoutbox == []
    noon = timezone.localtime().replace(hour=12)
    days = (due - timezone.localdate()).days
    with time_machine.travel(noon + timedelta(days=days)):
        tasks.remind()
        tasks.remind()
        assert [mail.to for mail in mailoutbox] == [[otto.user.email]]
        assert "2026 (wa) 1234" in mailoutbox[0].subject
    with time_machine.travel(noon + timedelta(days=days + 1)):
        tasks.remind()
        assert len(mailoutbox) == 3
        assert "overdue" in mailoutbox[1].body
        assert "Overdue" in body(otto.client(), HOLDS)
    release(hold)
    with time_machine.travel(noon + timedelta(days=days + 2)):
        tasks.remind()
    assert len(mailoutbox) == 3


def test_the_command_lists_what_is_held(ours: Furnished, place: Place, release: Callable[[Hold], Hold]) -> None:
    """R5: for operators at the shell, to read only."""
    hold = place(ours.tenant, Scope.PERSON, "EMIL", sealing="Secret")
    out = io.StringIO()
    call_command("retention", "hold", "list", "--json", stdout=out)
    (shown,) = json.loads(out.getvalue())
    assert (shown["company"], shown["scope"], shown["name"], shown["sealed"]) == ("ACME", "person", "emil", True)
    release(hold)
    out = io.StringIO()
    call_command("retention", "hold", "list", "--json", stdout=out)
    assert json.loads(out.getvalue()) == []


def test_lists_take_as_many_queries_for_thirty(ours: Furnished, place: Place, olga: Person) -> None:
    """The number of queries does not grow with the rows."""
    operator, company = olga.client(), ours.anna.client()

    def asked() -> list[int]:
        counts = []
        for client, address in ((operator, HOLDS), (company, "/console/contract/holds/")):
            with (
                CaptureQueriesContext(connections["platform"]) as platform,
                CaptureQueriesContext(connections["default"]) as default,
            ):
                body(client, address)
            counts.append(len(platform) + len(default))
        return counts

    place(ours.tenant, Scope.DOCUMENT, "d.txt")
    asked()
    few = asked()
    for _number in range(29):
        place(ours.tenant, Scope.DOCUMENT, "d.txt")
    assert asked() == few
