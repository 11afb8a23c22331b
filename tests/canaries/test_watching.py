"""The search for secrets finds those that are there: each kind, in each place, in each spelling (G7)."""

import base64
import logging
from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connections

from accounts.factors import recovery, totp
from accounts.links import issue_reset
from accounts.sso.connections import prepare
from accounts.sso.models import KEY_PURPOSE
from auditlog.actions import ACCESS_DENIED
from auditlog.services import record
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction
from tests.canaries.places import look_at_mails, look_at_tables
from tests.canaries.watching import WATCH, forms
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, SEED
from vault.primitives import Keyset

SPELLINGS: list[Callable[[str], str]] = [
    str,
    quote,
    lambda text: text.encode().hex(),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(b"x" + text.encode() + b"yz").decode(),
    lambda text: base64.b64encode(b"xy" + text.encode() + b"z").decode(),
    lambda text: base64.b32encode(text.encode()).decode(),
]


def _found(place: str) -> bool:
    findings = WATCH.findings()
    assert all(f" in {place}" in finding for finding in findings), findings
    return bool(findings)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", [PASSWORD, "Ä/ひみつ+secret of ours?"])
def test_every_spelling_is_found(spelling: Callable[[str], str], secret: str) -> None:
    """G7: as it is, in a link, in hexadecimal, in Base64 wherever it begins, in Base32; nothing else."""
    WATCH.remember("a secret", secret)
    WATCH.look("a text", ["nothing to be seen", secret[:7]])
    assert not _found("a text")
    WATCH.look("a text", [f"before{spelling(secret)}after"])
    assert _found("a text")


def test_what_is_too_short_is_not_looked_for() -> None:
    """G7: it would turn up by chance."""
    WATCH.remember("a secret", "secret")
    WATCH.look("a text", ["a secret"])
    assert not WATCH.findings()
    assert not forms("abc")


@pytest.mark.django_db
def test_a_secret_in_the_audit_log_is_found(cast: Cast) -> None:
    """G7: under an innocent name, where nothing masks it."""
    random = BearerSecret.new(cast.reader.tenant.id).random
    with tenant_transaction(cast.reader.tenant.id):
        record(ACCESS_DENIED, actor=cast.reader.actor, after={"note": ["kept"]})
        assert not WATCH.findings()
        record(ACCESS_DENIED, actor=cast.reader.actor, after={"note": [random]})
    assert _found('INSERT INTO "auditlog_auditevent"')


@pytest.mark.django_db
def test_a_secret_in_bytes_is_found(cast: Cast) -> None:
    """G7: such as a seed that nobody sealed."""
    with connections["default"].cursor() as cursor, tenant_transaction(cast.reader.tenant.id):
        cursor.execute("UPDATE accounts_user SET language = language WHERE name::bytea = %s", [b"x" + SEED])
    assert _found("UPDATE accounts_user")


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_a_secret_in_a_table_is_found(cast: Cast) -> None:
    """G7: whichever way it came there."""
    with connections["owner"].cursor() as cursor:
        look_at_tables(cursor.connection, ["tenants_tenant"])
        assert not WATCH.findings()
        cursor.execute(f"UPDATE tenants_tenant SET name = '{PASSWORD}'")
        look_at_tables(cursor.connection, ["tenants_tenant"])
        cursor.connection.rollback()
    assert _found("the table tenants_tenant")


def test_a_secret_in_the_log_is_found() -> None:
    """G7: in a line that went through the filter of every handler."""
    logger, secret = logging.getLogger("tests.canaries"), BearerSecret.new(uuid4())
    logger.warning("Not found: /invitation/%s/", secret)
    assert not WATCH.findings()
    logger.warning("Not found: %s", secret.random)
    assert _found("the log")


@pytest.mark.django_db
def test_a_secret_in_a_mail_is_found(cast: Cast) -> None:
    """G7: a link is what such a mail is for; the secret of a session is not."""
    with tenant_transaction(cast.reader.tenant.id):
        link = issue_reset(cast.reader.user, actor=cast.admin.actor)
    mail.send_mail("Your link", link, None, ["rob@acme.example"])
    look_at_mails()
    assert not WATCH.findings()
    mail.send_mail("Your session", cast.reader.session_cookie(), None, ["rob@acme.example"])
    look_at_mails()
    mail.outbox.clear()
    assert _found("a mail")


@pytest.mark.django_db
def test_every_kind_of_secret_is_remembered(cast: Cast) -> None:
    """G7: what the product makes, and what people type."""
    user = cast.reader.user
    WATCH.begin()
    make_password("canary of a password")
    with tenant_transaction(cast.reader.tenant.id):
        cast.reader.session_cookie()
        totp.seal(user, totp.new_seed())
        recovery._new_code()
        prepare(actor=cast.admin.actor)
    Keyset.new_streaming().wrapped(Keyset.new_aead().aead(), b"")
    kinds = {canary.what for canary in WATCH.canaries()}
    assert {"a password", "a bearer secret", "a recovery code", "a key of the vault", totp._purpose(user)} <= kinds
    assert KEY_PURPOSE in kinds
