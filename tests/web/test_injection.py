"""What somebody types stays what they typed: no line of a log, no field that the form does not have.

ASVS 16.4.1 (log injection), 8.1.2, 8.2.3 (fields of other people's making), 16.2.1 (who and what in every event).
"""

import logging
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User, UserState
from auditlog.models import AuditEvent
from config.log_masking import SecretFilter
from documents.models import Counterparty
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person
from tests.web.site import Site, every_address, stored

FORGED = "bob\r\n2026-11-22 INFO forged\x1b[31mred\u202etxt.exe\u2028\x85end"
_TEXTS = ("actor_user_id", "actor_name", "user_agent", "request_id", "target_type", "target_id", "target_label")


def _texts(tenant: Tenant) -> list[str]:
    with tenant_transaction(tenant.id):
        return [text for row in AuditEvent.objects.values_list(*_TEXTS) for text in row]


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_audit_log_shows_what_was_typed_in_one_line(cast: Cast) -> None:
    """ASVS 16.4.1: in the user ID, the company code, the path, the browser's name and the request's number."""
    headers = {"user-agent": FORGED, "x-request-id": FORGED}
    nobody, reader = Client(headers=headers), cast.reader.client()
    reader.defaults.update(nobody.defaults)
    for company in ("ACME", FORGED):
        nobody.post("/login/", {"company_code": company, "user_id": FORGED, "password": "wrong"})
        nobody.post("/password/forgotten/", {"company_code": company, "user_id": FORGED})
    assert reader.get(f"/nowhere/{FORGED}/").status_code == 404
    assert reader.get("/console/users/", {"q": FORGED}).status_code == 403

    for tenant in (cast.reader.tenant, cast.operator.tenant):
        written = _texts(tenant)
        assert any("forged" in text for text in written)
        assert [text for text in written if not text.isprintable()] == []


@pytest.mark.parametrize("text", [FORGED, "日本語の名前\n"])
def test_no_line_of_the_log_is_forged(text: str) -> None:
    """ASVS 16.4.1: whoever writes the line, and whatever of it came from outside."""
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "Refused: %s", (text,), None)
    assert SecretFilter().filter(record)
    assert record.getMessage().isprintable()
    assert record.getMessage().startswith(f"Refused: {text[:3]}")


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_log_of_the_deployed_product(site: Site) -> None:
    """ASVS 16.4.1: what the server writes about an address that nobody has."""
    assert site.ask("GET", "/nowhere/%0d%0aFORGED%1b[31m%e2%80%ae/").status == 404
    assert site.ask("GET", "/login/", host="evil.example").status == 400
    log = site.log.read_text()
    assert "FORGED" in log
    assert not re.search(r"^FORGED|\x1b|\u202e|\r", log, re.MULTILINE)


# --- Fields that a form does not have ----------------------------------------------------------------------------
def _wishes(cast: Cast) -> dict[str, Any]:
    """What somebody would like to be."""
    return {
        "id": cast.admin.user.id,
        "pk": cast.admin.user.id,
        "tenant": cast.outsider.tenant.id,
        "tenant_id": cast.outsider.tenant.id,
        "user": cast.admin.user.id,
        "state": "active",
        "is_staff": "1",
        "is_superuser": "1",
        "is_active": "1",
        "is_provider": "1",
        "plan_code": "enterprise",
        "code": "administrator",
        "menus": ["console.users", "operator.tenants"],
        "user_id": "root",
        "email": "root@evil.example",
        "password_set_at": "2000-01-01",
        "must_change_password": "",
    }


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_wishes_come_true_at_no_address(cast: Cast, things: dict[str, Any]) -> None:
    """ASVS 8.2.3: a reader, and somebody of another company, send them everywhere, and no account or right changes."""
    before = {table: digest for table, digest in stored().items() if table.startswith(("accounts_", "tenants_"))}
    for person in (cast.reader, cast.outsider):
        for row, path in every_address(things):
            if person is cast.reader or " " in row:  # the outsider: what names a thing of ACME
                person.client().post(path, _wishes(cast))
    after = {table: digest for table, digest in stored().items() if table.startswith(("accounts_", "tenants_"))}
    assert after == before


def _row(person: Person) -> dict[str, Any]:
    with tenant_transaction(person.tenant.id):
        row: dict[str, Any] = dict(User.objects.filter(id=person.user.id).values().get())
        roles = list(Role.objects.filter(user_roles__user=person.user).values_list("code", flat=True))
    return row | {"roles": roles}


def _changed(person: Person, before: dict[str, Any]) -> set[str]:
    return {name for name, value in _row(person).items() if value != before[name]}


@pytest.mark.django_db
def test_profile_takes_its_own_fields_only(cast: Cast) -> None:
    """ASVS 8.2.3: name, language and zone; not the role, the company, the address."""
    before = _row(cast.reader)
    typed = {"name": "Robert", "language": "ja", "time_zone": "Europe/Paris", "roles": ["1"], "password": "x" * 20}
    assert cast.reader.client().post("/profile/", _wishes(cast) | typed).status_code == 302
    assert _changed(cast.reader, before) == {"name", "language", "time_zone"}


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_registration_takes_its_own_fields_only(cast: Cast) -> None:
    """ASVS 8.2.3: nobody registers somebody who is active, has a password, or is in another company."""
    typed = {"user_id": "new", "name": "New", "email": "new@acme.example", "language": "en", "password": "x" * 20}
    assert cast.admin.client().post("/console/users/new/", _wishes(cast) | typed).status_code == 302
    with tenant_transaction(cast.admin.tenant.id):
        user = User.objects.get(user_id="new")
    assert (user.tenant_id, user.state) == (cast.admin.tenant.id, UserState.INVITED)
    assert not user.has_usable_password()
    with tenant_transaction(cast.outsider.tenant.id):
        assert not User.objects.filter(user_id="new").exists()


@pytest.mark.django_db
def test_a_role_takes_what_the_company_may_grant(cast: Cast) -> None:
    """ASVS 8.2.3: no menu of the operators, not the place of a built-in role, not in another company."""
    sent = _wishes(cast) | {"name": "Own"}
    assert cast.admin.client().post("/console/roles/new/", sent).status_code == 200
    assert cast.admin.client().post("/console/roles/new/", sent | {"menus": ["documents"]}).status_code == 302
    with tenant_transaction(cast.admin.tenant.id):
        role = Role.objects.get(custom_name="Own")
    assert (role.tenant_id, role.code, role.menus) == (cast.admin.tenant.id, "", ["documents"])


@pytest.mark.django_db
def test_a_form_of_a_model_takes_its_own_fields_only(cast: Cast) -> None:
    """ASVS 8.2.3: the two forms that write a row by themselves name their fields."""
    typed = {"code": "C-9", "name": "Partner", "kana": "", "corporate_number": "", "note": "", "active": ""}
    answer = cast.editor.client().post("/documents/counterparties/new/", _wishes(cast) | typed)
    assert answer.status_code == 302
    with tenant_transaction(cast.editor.tenant.id):
        partner = Counterparty.objects.get(code="C-9")
    assert partner.tenant_id == cast.editor.tenant.id
    assert partner.id != cast.admin.user.id
