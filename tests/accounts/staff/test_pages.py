"""The pages of staff access on both sides (A14)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.staff.models import AccessState, StaffAccess
from accounts.staff.scopes import Scope
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import page_of
from tests.accounts.staff.conftest import PURPOSE, Accesses, Browser, browser_of, inside, stored
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.rows import make_row

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

WISH = {"company_code": "acme", "purpose": PURPOSE, "ticket": "INQ-7", "scope": "read", "minutes": "30"}


def operators_page(access: StaffAccess, action: str = "") -> str:
    """The provider's page about an access, or its action."""
    return reverse(f"operator:staff_access{action}", args=[access.tenant_id, access.id])


def test_from_the_question_to_the_end(cast: Cast, operator: Browser) -> None:
    """A14: asked on the operators' page, approved in the console, entered, ended by the company."""
    response = operator.client.post("/operator/staff-access/new/", WISH)
    page = response["Location"]
    with tenant_transaction(cast.admin.tenant.id):
        access = StaffAccess.objects.get()
    assert page == operators_page(access)
    assert "Waits for an answer" in page_of(operator.client, page)
    assert operator.client.post(page + "enter/")["Location"] == page  # not yet

    admin, own = cast.admin.client(), reverse("console:staff_access", args=[access.id])
    assert PURPOSE in page_of(admin, "/console/staff-access/")
    assert admin.post(own + "approve/", {"minutes": "10", "word": "Go on"})["Location"] == own
    assert "End the access now" in page_of(admin, own)

    assert operator.client.post(page + "enter/")["Location"] == inside(access)
    assert "Inside Acme Trading" in page_of(operator.client, inside(access))
    assert "Go on" in page_of(operator.client, page)
    assert "Back inside" in page_of(operator.client, page)

    assert admin.post(own + "end/")["Location"] == own
    assert "Ended by the company" in page_of(admin, own)
    assert operator.client.get(inside(access)).status_code == 403
    assert f"?session={access.id}" in page_of(admin, own)


def test_complaints_are_at_their_fields(cast: Cast, accesses: Accesses, operator: Browser) -> None:
    """A14: a wrong code, too many minutes, no word with a refusal."""
    response = operator.client.post("/operator/staff-access/new/", WISH | {"company_code": "nobody", "minutes": "30"})
    assert "No company in use has this code." in response.content.decode()
    assert operator.client.post("/operator/staff-access/new/", WISH | {"minutes": "61"}).status_code == 200
    access = accesses.asked()
    admin, own = cast.admin.client(), reverse("console:staff_access", args=[access.id])
    assert "30 were asked for" in admin.post(own + "approve/", {"minutes": "31"}).content.decode()
    assert admin.post(own + "refuse/", {"word": ""}).status_code == 200
    assert stored(access).state == AccessState.ASKED
    assert admin.post(own + "refuse/", {"word": "No"})["Location"] == own
    assert stored(access).state == AccessState.REFUSED


def test_the_second_operators_page(accesses: Accesses, operator: Browser) -> None:
    """A14: only another operator is offered to grant an emergency, and only the asker may enter."""
    access = accesses.asked(emergency=True)
    other = browser_of(accesses.second)
    page = operators_page(access)
    assert "Grant in place of the company" not in page_of(operator.client, page)
    assert "Grant in place of the company" in page_of(other.client, page)
    own = operator.client.post(page + "approve/", {"minutes": "5", "word": "It burns"})
    assert "Nobody approves their own request." in own.content.decode()
    assert stored(access).state == AccessState.ASKED
    assert other.client.post(page + "approve/", {"minutes": "5", "word": "It burns"}).status_code == 302
    assert "Enter the company" not in page_of(other.client, page)
    assert other.client.post(page + "enter/")["Location"] == page
    assert operator.client.post(page + "enter/")["Location"] == inside(access)


@pytest.mark.parametrize("action", ["approve", "enter"])
def test_approving_and_entering_ask_for_a_fresh_proof(
    cast: Cast, accesses: Accesses, operator: Browser, action: str
) -> None:
    """A14, A11, ASVS 7.5.3: whoever proved who they are too long ago does so again; nothing was done."""
    access = accesses.asked() if action == "approve" else accesses.granted(minutes=60)
    admin = cast.admin.client()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        if action == "approve":
            response = admin.post(reverse("console:staff_access_approve", args=[access.id]), {"minutes": "5"})
        else:
            response = operator.client.post(operators_page(access, "_enter"))
    assert response["Location"].startswith(reverse("confirm"))
    assert (stored(access).state == AccessState.ASKED) == (action == "approve")
    assert stored(access).entered_at is None


def test_each_company_sees_its_own(cast: Cast, accesses: Accesses) -> None:
    """A14, T1: what was asked of GLOBEX is nowhere in ACME, by list or by address."""
    accesses.asked(company="GLOBEX", purpose="Theirs alone")
    mine = accesses.asked()
    with tenant_transaction(cast.outsider.tenant.id):
        theirs = StaffAccess.objects.get()
    admin = cast.admin.client()
    assert "Theirs alone" not in page_of(admin, "/console/staff-access/")
    assert admin.get(reverse("console:staff_access", args=[theirs.id])).status_code == 404
    for action in ("approve", "refuse", "end"):
        assert admin.post(reverse(f"console:staff_access_{action}", args=[theirs.id])).status_code == 404
    assert stored(theirs).state == stored(mine).state == AccessState.ASKED
    # One company's key with another's access: the operators' pages know no such pair.
    crossed = reverse("operator:staff_access", args=[mine.tenant_id, theirs.id])
    assert cast.operator.client().get(crossed).status_code == 404


def test_the_start_page_tells_those_who_decide(cast: Cast, accesses: Accesses) -> None:
    """A14: a notice in the product, for as long as something waits or runs."""
    admin, editor = cast.admin.client(), cast.editor.client()
    assert "asks for access" not in page_of(admin, "/")
    accesses.granted()
    assert "has access to your company now" in page_of(admin, "/")
    assert "has access to your company now" not in page_of(editor, "/")


def queries_of(client: Client, address: str) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connections["default"]) as own, CaptureQueriesContext(connections["platform"]) as all_:
        assert client.get(address).status_code == 200
    return len(own) + len(all_)


@pytest.mark.parametrize("address", ["/console/staff-access/", "/operator/staff-access/"])
def test_lists_take_as_many_statements_for_thirty_rows_as_for_one(
    cast: Cast, accesses: Accesses, operator: Browser, address: str
) -> None:
    """P4: the number of rows does not matter."""
    client = cast.admin.client() if "console" in address else operator.client
    add_refused(cast, 1)
    one = queries_of(client, address)
    add_refused(cast, 29, start=1)
    assert queries_of(client, address) == one


def add_refused(cast: Cast, count: int, *, start: int = 0) -> None:
    """Requests of the past."""
    with tenant_transaction(cast.admin.tenant.id):
        for number in range(start, start + count):
            make_row(StaffAccess, f"past {number}", state=AccessState.REFUSED, scope=Scope.READ)
