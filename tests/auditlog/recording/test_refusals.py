"""Whatever is refused to somebody who is logged in is on record once, however it was refused (G3)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import Cast
from tests.documents.making import add_file

pytestmark = pytest.mark.django_db

# The key of nothing, and the same one in each process that collects these tests.
NOBODYS = "0192d3a4-5b6c-7d8e-9f00-112233445566"


def refusals(tenant: Tenant) -> list[tuple[str, str, str]]:
    """Action, page and result of what was refused."""
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(kind="error").order_by("at", "id")
        return [(event.action, event.target_label, event.outcome) for event in found]


@pytest.mark.parametrize(
    ("method", "address", "status", "action"),
    [
        ("get", "/console/users/", 403, "access.denied"),  # a menu that the role does not grant
        ("get", "/operator/tenants/", 404, "access.denied"),  # the operators' pages do not exist for anybody else
        ("get", f"/documents/{NOBODYS}/", 404, "access.not_found"),  # an address that never was one
        ("get", f"/documents/d/{NOBODYS}/x", 404, "access.not_found"),
        ("get", "/nowhere/", 404, "access.not_found"),
        ("post", "/documents/", 405, "access.refused"),  # a method that the page does not know
        ("put", "/profile/", 405, "access.refused"),
    ],
)
def test_a_refusal_is_on_record_once(
    cast: Cast, acme: Tenant, method: str, address: str, status: int, action: str
) -> None:
    """G3: by menu, by wall, by address, by method."""
    client: Any = cast.reader.client()
    assert getattr(client, method)(address).status_code == status
    assert refusals(acme) == [(action, address, "denied")]


def test_another_companys_thing_is_on_record_where_the_curious_belong(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """G3, T1: the company whose thing it is learns nothing, since nothing was touched."""
    with tenant_transaction(acme.id):
        document = add_file("A.pdf").document_id
    page = reverse("documents:document", args=[document])
    assert cast.outsider.client().get(page).status_code == 404
    assert refusals(globex) == [("access.not_found", page, "denied")]
    assert refusals(acme) == []


def test_a_form_without_its_token_is_on_record_once(cast: Cast, acme: Tenant) -> None:
    """G3: before any view ran."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.load(cast.reader.client().cookies)
    assert strict.post("/profile/", {}).status_code == 403
    assert refusals(acme) == [("access.refused", "/profile/", "denied")]


def test_a_refused_upload_is_on_record_once(cast: Cast, acme: Tenant) -> None:
    """G3: a reader may not upload."""
    address = reverse("documents:upload")
    assert cast.reader.client().post(address, {}).status_code == 403
    assert refusals(acme) == [("access.denied", address, "denied")]


def test_what_is_done_is_no_refusal(cast: Cast, acme: Tenant) -> None:
    """G3: pages, redirects and forms that complain."""
    client = cast.admin.client()
    for address in ("/", "/profile/", "/password/renew/"):
        client.get(address)
    assert client.post(reverse("console:user_new"), {}).status_code == 200
    assert refusals(acme) == []


def test_a_stranger_has_no_company_whose_log_could_tell(acme: Tenant, provider: Tenant) -> None:
    """G6: the request log has it."""
    assert Client().get("/nowhere/").status_code == 404
    assert Client().post("/documents/").status_code == 302
    assert refusals(acme) == refusals(provider) == []
