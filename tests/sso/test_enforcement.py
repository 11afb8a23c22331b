"""Passwords where single sign-on is required, company codes, and the daily look at certificates (A6)."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.login import LoginRefused, log_in
from accounts.menus import ADMINISTRATOR, READER
from accounts.models import User, UserState
from accounts.roles import give_roles
from accounts.sso import connections, queries, tasks
from accounts.sso.enforcement import public_name_of
from accounts.sso.models import Connection, PendingRequest
from accounts.users import suspend_user
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, built_in_role, make_person
from tests.sso.conftest import Side
from tests.sso.idp import KeyPair, certified

pytestmark = pytest.mark.django_db


@pytest.fixture
def required(cast: Cast, acme_side: Side) -> Cast:
    """ACME requires single sign-on; Alice keeps the way back in."""
    with tenant_transaction(acme_side.tenant.id):
        acme_side.connection.tested_at = timezone.now()
        connections.require_sso(acme_side.connection, break_glass=cast.admin.user, actor=cast.admin.actor)
    return cast


def test_a_refused_password_looks_like_a_wrong_one(required: Cast, client: Client) -> None:
    """The right password of an employee gets the answer of a wrong one; the log knows better (A1, ASVS 6.3.8)."""

    def attempt(password: str) -> tuple[int, bytes]:
        data = {"company_code": "ACME", "user_id": "erin", "password": password}
        response = Client().post("/login/", data)
        return response.status_code, response.content.split(b"<main")[1].split(b"csrfmiddlewaretoken")[0]

    assert attempt(PASSWORD) == attempt("wrong")
    with tenant_transaction(required.admin.tenant.id):
        events = AuditEvent.objects.filter(action="accounts.login.failed").order_by("at")
        assert [(event.after or {})["reason"] for event in events] == ["single sign-on required", "wrong password"]


def test_a_suspended_user_is_not_told_either(required: Cast) -> None:
    """Where passwords are refused, the right one of a suspended account says nothing about its state (ASVS 6.3.8)."""
    with tenant_transaction(required.admin.tenant.id):
        required.editor.user.state = UserState.SUSPENDED
        required.editor.user.save()
    with pytest.raises(LoginRefused) as refusal:
        log_in(company_code="ACME", user_id="erin", password=PASSWORD)
    assert not refusal.value.suspended


@pytest.mark.django_db(databases=EVERY_ROLE, transaction=True)
def test_the_way_back_in(required: Cast) -> None:
    """One administrator gets in by password; it is on record and mailed to every administrator (ASVS 6.3.5)."""
    assert log_in(company_code="ACME", user_id="alice", password=PASSWORD)
    with tenant_transaction(required.admin.tenant.id):
        assert AuditEvent.objects.filter(action="accounts.sso.break_glass", actor_user_id="alice").count() == 1
    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]


def _is_way_back(refusal: ValidationError) -> bool:
    return bool(refusal.code == "way_back")


def test_the_way_back_in_is_not_lost(required: Cast, acme_side: Side) -> None:
    """Whoever keeps it is neither suspended nor loses the menu for repairs, until somebody else keeps it (A6)."""
    alice, others = required.admin.user, required.editor.actor
    with tenant_transaction(alice.tenant_id):
        reader = built_in_role(required.admin.tenant, READER)
        make_person(required.admin.tenant, "bob", ADMINISTRATOR, last_login=timezone.now())
        with pytest.raises(ValidationError, check=_is_way_back), transaction.atomic():
            suspend_user(alice, actor=others)
        with pytest.raises(ValidationError, check=_is_way_back), transaction.atomic():
            give_roles(alice, [reader], actor=others)
        connections.require_sso(acme_side.connection, break_glass=User.objects.get(user_id="bob"), actor=others)
        give_roles(alice, [reader], actor=others)
        suspend_user(User.objects.get(id=alice.id), actor=others)
        assert User.objects.get(id=alice.id).state == UserState.SUSPENDED


def test_other_companies_keep_their_passwords(required: Cast) -> None:
    """What ACME requires is nothing to GLOBEX (T1)."""
    assert log_in(company_code="GLOBEX", user_id="gina", password=PASSWORD)


def test_requiring_needs_a_test_and_somebody_who_can_repair(cast: Cast, acme_side: Side) -> None:
    """Nobody can be locked out by settings that never worked, or with a way back in that leads nowhere."""
    connection, actor = acme_side.connection, cast.admin.actor
    with tenant_transaction(acme_side.tenant.id):
        with pytest.raises(ValidationError) as untested:
            connections.require_sso(connection, break_glass=cast.admin.user, actor=actor)
        connection.tested_at = timezone.now()
        with pytest.raises(ValidationError) as helpless:
            connections.require_sso(connection, break_glass=cast.reader.user, actor=actor)
    assert (untested.value.code, set(helpless.value.error_dict)) == ("untested", {"break_glass"})


def test_codes_without_single_sign_on(cast: Cast, acme_side: Side, client: Client) -> None:
    """Unknown codes and companies without it lead to decoys of the same form, the same ones each time (ASVS 6.3.8)."""
    real = public_name_of("acme")
    assert real == client.post("/sso/", {"company_code": "ＡＣＭＥ"})["Location"].split("/")[2]
    for code in ("GLOBEX", "NO-SUCH-COMPANY"):
        decoy = public_name_of(code)
        assert decoy == public_name_of(code.lower())
        assert [len(part) for part in decoy.split(".")] == [32, 22]
        page = client.get(client.post("/sso/", {"company_code": code})["Location"])
        assert (page.status_code, client.post(f"/sso/{decoy}/").status_code) == (200, 403)
    assert public_name_of("GLOBEX") != public_name_of("NO-SUCH-COMPANY")


def test_certificates_run_out(cast: Cast, acme_side: Side, pairs: dict[str, KeyPair]) -> None:
    """Administrators are mailed 60, 30, 14, 7 days and one day before, once each, and when it is over (ASVS 6.4.5)."""
    acme_side.connection.certificates = [certified(pairs["acme"].key, "ending", days=61).pem]
    with tenant_transaction(acme_side.tenant.id):
        acme_side.connection.save()
    told = []
    start = timezone.now()
    for day in range(64):
        mail.outbox.clear()
        with time_machine.travel(start + timedelta(days=day), tick=False), tenant_transaction(acme_side.tenant.id):
            tasks.warn_of_expiry()
        told += [61 - day for _message in mail.outbox]
    assert told == [60, 30, 14, 7, 1, 0]


def test_secrets_are_stored_as_hashes(cast: Cast, acme_side: Side, client: Client) -> None:
    """Neither RelayState nor the nonce nor our private key is in the database in the clear (ASVS 6.5.2, 13.3.1)."""
    asked = acme_side.start(client)
    nonce = client.cookies[settings.SSO_COOKIE_NAME]
    assert (nonce["httponly"], nonce["samesite"], len(nonce.value) >= 40) == (True, "Lax", True)
    with tenant_transaction(acme_side.tenant.id):
        row = PendingRequest.objects.get()
        stored = " ".join(str(value) for value in vars(row).values())
        assert asked.relay_state not in stored
        assert nonce.value not in stored
        assert b"PRIVATE" not in bytes(Connection.objects.get().sp_key_sealed)
        assert queries.sso_is_ready()
