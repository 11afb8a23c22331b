"""Bearer secrets name their tenant, and a forged name finds nothing (T1) (ASVS 7.2.3)."""

from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Session
from accounts.sessions import find_session
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import Cast
from tests.factories.people import make_person

_HEX = "019a1b2c3d4e7f8091a2b3c4d5e6f708"
_RANDOM = "x" * 43


def test_a_secret_survives_its_text() -> None:
    """T1: what the bearer holds is enough to find the tenant, and is never stored."""
    secret = BearerSecret.new(uuid4())
    parsed = BearerSecret.parse(str(secret))
    assert parsed == secret
    assert parsed is not None
    assert parsed.hash == secret.hash
    assert secret.random not in secret.hash
    assert secret.random not in repr(secret)
    assert len({BearerSecret.new(secret.tenant_id).random for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        _HEX,
        f"{_HEX}.",
        f"{_HEX}.short",
        f"{_HEX}.{'x' * 101}",
        f"{_HEX}.{'é' * 43}",
        f".{_RANDOM}",
        f"{_HEX[:-1]}.{_RANDOM}",
        f"{_HEX}0.{_RANDOM}",
        f"{UUID(_HEX)}.{_RANDOM}",
        # Texts that Python takes for the same number.
        f"{_HEX.upper()}.{_RANDOM}",
        f"+{_HEX[1:]}.{_RANDOM}",
        f" {_HEX[1:]}.{_RANDOM}",
        f"0_{_HEX[2:]}.{_RANDOM}",
        f"{'０' + _HEX[1:]}.{_RANDOM}",
        f"{{{_HEX[2:]}}}.{_RANDOM}",
        f"not hexadecimal, but thirty-two ch.{_RANDOM}",
    ],
)
def test_a_text_of_another_form_is_no_secret(text: str) -> None:
    """T1: one secret has one spelling."""
    assert BearerSecret.parse(text) is None


@given(st.text() | st.tuples(st.text("0123456789abcdef-_+ {}", min_size=30, max_size=34), st.text()).map(".".join))
def test_whatever_is_a_secret_is_spelled_like_one(text: str) -> None:
    """T1: cookies and links come from anywhere; none of them breaks the parser."""
    secret = BearerSecret.parse(text)
    assert secret is None or str(secret) == text


@pytest.mark.django_db
def test_a_forged_tenant_finds_no_session(acme: Tenant, globex: Tenant) -> None:
    """T1: the same random part under another tenant, known or not."""
    secret = BearerSecret.parse(make_person(acme, "alice").session_cookie())
    assert secret is not None
    for tenant_id, found in ((acme.id, True), (globex.id, False), (uuid4(), False)):
        forged = BearerSecret(tenant_id, secret.random)
        with tenant_transaction(tenant_id):
            assert (find_session(forged) is not None) is found


@pytest.mark.django_db
def test_a_stolen_hash_opens_nothing_elsewhere(acme: Tenant, globex: Tenant) -> None:
    """T1: the hash covers the tenant, so even the same row in another tenant's table would not answer."""
    secret = BearerSecret.parse(make_person(acme, "alice").session_cookie())
    gina = make_person(globex, "gina")
    assert secret is not None
    with tenant_transaction(globex.id):
        Session.objects.create(user=gina.user, token_hash=secret.hash, expires_at="2099-01-01T00:00:00Z")
        assert find_session(BearerSecret(globex.id, secret.random)) is None


@pytest.mark.django_db
def test_a_forged_cookie_is_nobodys(cast: Cast, globex: Tenant) -> None:
    """T1: by HTTP: the right cookie opens the home page, a forged one leads to the log-in."""
    cookie = cast.editor.session_cookie()
    random = cookie.partition(".")[2]
    answers = []
    for text in (cookie, f"{globex.id.hex}.{random}", f"{uuid4().hex}.{random}", f"{cookie}x", random, "\0"):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = text
        answers.append(client.get("/profile/", follow=False).status_code)
    assert answers == [200, *[302] * 5]
