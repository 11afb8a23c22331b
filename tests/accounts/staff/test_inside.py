"""Working inside a company: who gets in, what is open, what is recorded, the end (A14; ASVS 8.2.1, 8.3.2)."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.staff import scopes
from accounts.staff.models import StaffAccess
from accounts.staff.scopes import Scope
from auditlog.actors import ActorKind
from auditlog.models import AuditEvent
from documents.models import Counterparty, Folder
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import newest_event
from tests.accounts.staff.conftest import Accesses, Browser, browser_of, inside, stored
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

PARTNER = {"code": "C-9", "name": "Nine"}


def status(browser: Browser | Client, access: StaffAccess, rest: str = "/console/users/") -> int:
    """What the company's page answers."""
    client = browser.client if isinstance(browser, Browser) else browser
    return client.get(inside(access, rest)).status_code


# --- In, and only where it was granted ---------------------------------------------------------------------------
def test_the_companys_pages_under_a_banner(accesses: Accesses, operator: Browser) -> None:
    """A14: pages are those of ACME, links stay inside, every page says who is here and why."""
    access = accesses.entered(operator)
    page = operator.client.get(inside(access, "/console/users/")).content.decode()
    assert "alice@acme.example" in page
    assert "gina" not in page
    assert "Olga inside Acme Trading by staff access" in page
    assert "A file of the board cannot be opened" in page
    assert f'href="{inside(access, "/documents/")}"' in page
    assert "/profile/" not in page
    # The operator's own pages are what they were, in the other tab.
    assert "Olga inside" not in operator.client.get("/operator/tenants/").content.decode()
    assert "alice@acme.example" not in operator.client.get("/console/users/").content.decode()


def test_a_grant_of_acme_opens_nothing_else(cast: Cast, accesses: Accesses, operator: Browser) -> None:
    """A14: the same grant with another company in the address, a guessed grant, another's grant: not there."""
    access = accesses.entered(operator)
    globex = cast.outsider.tenant.id.hex
    assert status(operator, access) == 200
    assert operator.client.get(f"/staff/{globex}.{access.id.hex}/console/users/").status_code == 404
    assert operator.client.get(f"/staff/{access.tenant_id.hex}.{uuid4().hex}/console/users/").status_code == 404
    assert status(browser_of(accesses.second), access) == 404
    assert status(cast.admin.client(), access) == 404
    assert status(cast.outsider.client(), access) == 404
    with tenant_transaction(cast.operator.tenant.id):
        misses = AuditEvent.objects.filter(action="access.not_found").order_by("at", "id")
        assert [event.actor_user_id for event in misses] == ["olga", "olga", "otto"]


def test_a_copy_of_the_row_in_a_restored_company_opens_nothing(
    cast: Cast, accesses: Accesses, operator: Browser
) -> None:
    """A14, B6: an archive taken during an access must not carry the grant into the company made from it."""
    access = accesses.entered(operator)
    with tenant_transaction(cast.outsider.tenant.id):
        copy = stored_copy(access, cast.outsider.tenant)
        copy.save(force_insert=True)
    assert copy.company_id == access.tenant_id
    assert operator.client.get(f"/staff/{copy.tenant_id.hex}.{copy.id.hex}/").status_code == 404


def stored_copy(access: StaffAccess, tenant: Tenant) -> StaffAccess:
    """The row as a restore writes it: everything the same but the tenant."""
    values = {field.attname: getattr(stored(access), field.attname) for field in StaffAccess._meta.concrete_fields}
    return StaffAccess(**values | {"tenant_id": tenant.id})


def test_nobody_gets_in_without_entering_in_this_session(accesses: Accesses, operator: Browser, cast: Cast) -> None:
    """A14, ASVS 7.5.3: granted is not entered; another session of the same person has to enter for itself."""
    access = accesses.granted()
    page = reverse("operator:staff_access", args=[access.tenant_id, access.id])
    response = operator.client.get(inside(access, "/documents/"))
    assert (response.status_code, response["Location"]) == (302, page)
    accesses.enter(access, operator)
    other = browser_of(cast.operator)
    assert (status(operator, access), status(other, access)) == (200, 302)
    accesses.enter(access, other)
    assert (status(operator, access), status(other, access)) == (302, 200)


@pytest.mark.parametrize(
    "cookie", ["", "{tenant}.forged-forged-forged-forged-forged-x", "{tenant}.{random}x", "{acme}.{random}"]
)
def test_forged_cookies_open_nothing(cast: Cast, accesses: Accesses, operator: Browser, cookie: str) -> None:
    """A14, T1: no cookie, a forged or a tampered one, the random part under the company's name: to the log-in."""
    access = accesses.entered(operator)
    real = operator.client.cookies["sekisho"].value
    tenant, random = real.split(".", 1)
    client = Client()
    client.cookies["sekisho"] = cookie.format(tenant=tenant, random=random, acme=access.tenant_id.hex)
    response = client.get(inside(access, "/console/users/"))
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=%2Fstaff%2F")


@pytest.mark.parametrize("path", ["/staff/", "/staff/x.y/", "/staff/" + "0" * 32 + "." + "0" * 32, "/staff/{A}.{B}/"])
def test_other_addresses_are_no_addresses(operator: Browser, accesses: Accesses, path: str) -> None:
    """A14: only the exact form names an access."""
    access = accesses.entered(operator)
    upper = path.format(A=access.tenant_id.hex.upper(), B=access.id.hex.upper())
    assert operator.client.get(upper).status_code == 404


# --- What the scope opens ----------------------------------------------------------------------------------------
def test_looking_sends_nothing(accesses: Accesses, operator: Browser) -> None:
    """A14, ASVS 8.2.1: with the scope to look, nothing can be written, and the refusal is in the company's log."""
    access = accesses.entered(operator)
    assert status(operator, access, "/documents/counterparties/") == 200
    response = operator.client.post(inside(access, "/documents/counterparties/new/"), PARTNER)
    assert response.status_code == 403
    with tenant_transaction(access.tenant_id):
        assert not Counterparty.objects.exists()
        denied = AuditEvent.objects.get(action="access.denied")
    assert (denied.actor_user_id, denied.session_id) == ("olga", access.id)


def test_repairing_writes_under_the_operators_name(accesses: Accesses, operator: Browser, cast: Cast) -> None:
    """A14: the write works, and the company's log says who did it by which access."""
    access = accesses.entered(operator, scope=Scope.REPAIR)
    assert operator.client.post(inside(access, "/documents/counterparties/new/"), PARTNER).status_code == 302
    assert operator.client.post(inside(access, "/documents/folders/new/"), {"name": "Board"}).status_code == 302
    event = newest_event(cast.admin.tenant, "documents.folder.created")
    assert (event.actor_kind, event.actor_user_id, event.actor_name) == (ActorKind.OPERATOR, "olga", "Olga")
    assert event.session_id == access.id
    with tenant_transaction(access.tenant_id):
        assert Folder.objects.get().created_by_name == "Olga"
    with tenant_transaction(cast.outsider.tenant.id):
        assert not Folder.objects.exists()
        assert not Counterparty.objects.exists()


def test_what_decides_who_gets_in_is_in_no_scope() -> None:
    """A14, ASVS 8.2.1: credentials, roles, single sign-on, policies, staff access: looked at, or not even that."""
    writes = {name for name in scopes.REPAIRING if not name.startswith("documents:")}
    assert writes == set()
    assert not any("delete" in name or "upload" in name for name in scopes.REPAIRING | scopes.LOOKING)
    assert not any("staff_access" in name or "export" in name for name in scopes.REPAIRING | scopes.LOOKING)
    assert all(name in scopes.LOOKING or name.startswith("documents:") for name in scopes.REPAIRING)


@pytest.mark.parametrize(
    "rest",
    [
        *("/profile/", "/sessions/", "/activity/", "/login/", "/sso/", "/operator/tenants/", "/operator/staff-access/"),
        *("/console/users/new/", "/console/roles/new/", "/console/staff-access/", "/healthz", "/password/forgotten/"),
    ],
)
def test_other_pages_are_closed(accesses: Accesses, operator: Browser, rest: str) -> None:
    """A14: whatever the scope does not name, although the operator may open some of it outside."""
    assert status(operator, accesses.entered(operator, scope=Scope.REPAIR), rest) == 403


def test_every_page_is_on_record(accesses: Accesses, operator: Browser, cast: Cast) -> None:
    """A14, ASVS 16.3.2: what was opened, in the company's log, found by the access; the provider's log links to it."""
    access = accesses.entered(operator)
    for rest in ("/", "/console/users/", "/documents/", "/nothing/"):
        operator.client.get(inside(access, rest))
    with tenant_transaction(access.tenant_id):
        opened = AuditEvent.objects.filter(action="staff.page.opened", session_id=access.id).order_by("at", "id")
        assert [event.target_label for event in opened] == ["/", "/console/users/", "/documents/", "/nothing/"]
        assert {(event.actor_user_id, event.actor_kind) for event in opened} == {("olga", ActorKind.OPERATOR)}
    admin = cast.admin.client()
    page = admin.get("/console/audit/", {"session": str(access.id)}).content.decode()
    assert page.count("Opened a page by staff access") >= 4
    assert "Logged in" not in page.split("<tbody", 1)[1]
    with tenant_transaction(cast.operator.tenant.id):
        linked = AuditEvent.objects.filter(target_id=str(access.id)).order_by("at", "id")
        assert [event.action.rpartition(".")[2] for event in linked] == ["asked", "approved", "entered"]
