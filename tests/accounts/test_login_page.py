"""The log-in page and log-out: cookies, where one goes next, what is remembered (A1, P1)."""

import pytest
from django.conf import settings
from pytest_django import Settings

from accounts.models import Session
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.conftest import HashCount
from tests.accounts.reading import actions_of, stranger
from tests.conftest import Cast
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

TYPED = {"company_code": "ACME", "user_id": "alice", "password": PASSWORD}
COOKIE = settings.SESSION_COOKIE_NAME


def test_logging_in_leads_to_the_start_page(cast: Cast) -> None:
    """A1: the way in."""
    client = stranger()
    response = client.post("/login/", TYPED)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert "Welcome, Alice" in client.get("/").content.decode()


def test_the_cookie_is_http_only_and_ends_with_the_browser(cast: Cast) -> None:
    """ASVS 3.3: no script reads it, no other site sends it along."""
    cookie = stranger().post("/login/", TYPED).cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert (cookie["max-age"], cookie["expires"], cookie["domain"]) == ("", "", "")


def test_the_cookie_is_secure_where_pages_are(cast: Cast, settings: Settings) -> None:
    """P1: production sets SESSION_COOKIE_SECURE and the `__Host-` prefix."""
    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-sekisho", True
    cookie = stranger().post("/login/", TYPED).cookies["__Host-sekisho"]
    assert cookie["secure"]


def test_the_browser_can_fill_the_form(cast: Cast) -> None:
    """ASVS 6.2.6, 6.2.7: password managers know the fields; the password is masked."""
    page = stranger().get("/login/").content.decode()
    for attribute in ('autocomplete="username"', 'autocomplete="current-password"', 'type="password"'):
        assert attribute in page
    assert PASSWORD not in stranger().post("/login/", TYPED | {"user_id": "nobody"}).content.decode()


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/console/users/?page=2", "/console/users/?page=2"),
        ("http://testserver/activity/", "http://testserver/activity/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_next_page_is_one_of_ours(cast: Cast, wanted: str, given: str) -> None:
    """ASVS: no open redirect, neither after the log-in nor for somebody who is in already."""
    client = stranger()
    assert client.post("/login/", TYPED, query_params={"next": wanted})["Location"] == given
    assert client.get("/login/", {"next": wanted})["Location"] == given


def test_a_closed_page_is_opened_after_the_log_in(cast: Cast) -> None:
    """A1: the way leads on to where one wanted to go."""
    client = stranger()
    sent_to = client.get("/console/audit/?kind=login")["Location"]
    assert client.post(sent_to, TYPED)["Location"] == "/console/audit/?kind=login"


def test_the_company_code_is_remembered_only_if_asked(cast: Cast) -> None:
    """A1: on a shared computer nothing is left behind."""
    client = stranger()
    client.post("/login/", TYPED)
    assert settings.COMPANY_COOKIE_NAME not in client.cookies
    client.post("/logout/")
    client.post("/login/", TYPED | {"company_code": "acme", "remember": "on"})
    assert client.cookies[settings.COMPANY_COOKIE_NAME].value == "ACME"
    client.post("/logout/")
    assert 'value="ACME"' in client.get("/login/").content.decode()
    client.post("/login/", TYPED)
    assert client.cookies[settings.COMPANY_COOKIE_NAME].value == ""


def test_a_new_log_in_replaces_the_session(cast: Cast) -> None:
    """ASVS 7.2.4: a new secret, and the old one is worth nothing."""
    client = stranger()
    client.post("/login/", TYPED)
    old = client.cookies[COOKIE].value
    client.post("/login/", TYPED | {"user_id": "erin"})
    assert client.cookies[COOKIE].value != old
    stale = stranger()
    stale.cookies[COOKIE] = old
    assert stale.get("/").status_code == 302
    assert actions_of(cast.admin.tenant)[-3:] == [
        "accounts.login.succeeded",
        "accounts.login.succeeded",
        "accounts.logout",
    ]


def test_the_token_of_forms_changes_with_the_log_in(cast: Cast) -> None:
    """ASVS 3.5: one that was planted beforehand is worth nothing afterwards."""
    client = stranger()
    client.get("/login/")
    before = client.cookies[settings.CSRF_COOKIE_NAME].value
    client.post("/login/", TYPED)
    assert client.cookies[settings.CSRF_COOKIE_NAME].value != before


def test_a_refused_log_in_leaves_the_session_alone(cast: Cast) -> None:
    """A8: nobody is thrown out by a typing error."""
    client = cast.admin.client()
    client.post("/login/", TYPED | {"password": "wrong"})
    assert client.get("/").status_code == 200


def test_logging_out_ends_the_session_on_the_server(cast: Cast) -> None:
    """ASVS 7.4.1: a copy of the cookie opens nothing afterwards."""
    client = cast.admin.client()
    copied = client.cookies[COOKIE].value
    response = client.post("/logout/")
    assert response["Location"] == "/login/"
    assert response.cookies[COOKIE].value == ""
    replay = stranger()
    replay.cookies[COOKIE] = copied
    assert replay.get("/")["Location"] == "/login/?next=%2F"
    with tenant_transaction(cast.admin.tenant.id):
        assert Session.objects.get(user=cast.admin.user).ended_at is not None


def test_logging_out_takes_a_post(cast: Cast) -> None:
    """Research 3: a picture on another site must not log anybody out."""
    client = cast.admin.client()
    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("address", ["/login/", "/logout/", "/language/", "/profile/"])
def test_a_form_without_its_token_is_refused(cast: Cast, address: str) -> None:
    """ASVS 16.3.3: forged requests change nothing; the page says what to do, and the refusal is recorded."""
    client = stranger(enforce_csrf_checks=True)
    client.cookies = cast.admin.client().cookies
    response = client.post(address, {})
    assert response.status_code == 403
    assert "Go back, reload the page and send the form again." in response.content.decode()
    assert actions_of(cast.admin.tenant) == ["access.refused"]


def test_a_forged_request_of_a_stranger_is_in_no_companys_log(cast: Cast) -> None:
    """G7: a made-up cookie that names a company cannot write into its log."""
    client = stranger(enforce_csrf_checks=True)
    client.cookies[COOKIE] = f"{cast.admin.tenant.id.hex}.{'x' * 43}"
    assert client.post("/login/", {}).status_code == 403
    assert actions_of(cast.admin.tenant) == []


def test_pages_of_members_are_kept_by_no_cache(cast: Cast) -> None:
    """ASVS 14.3: what somebody saw does not come back after the log-out."""
    assert "no-store" in cast.admin.client().get("/console/users/")["Cache-Control"]
    assert "no-store" in stranger().get("/login/")["Cache-Control"]


def test_healthz_answers_anybody(db: None) -> None:
    """N9: for load balancers."""
    response = stranger().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_a_device_is_remembered_after_a_success_only(cast: Cast) -> None:
    """Research 4.3: signed, for scripts out of reach, bound to the user; a failure leaves none behind."""
    client = stranger()
    client.post("/login/", TYPED | {"password": "wrong"})
    assert settings.DEVICE_COOKIE_NAME not in client.cookies
    cookie = client.post("/login/", TYPED).cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
    assert "Alice" not in cookie.value
    client.post("/logout/")
    for _ in range(10):
        stranger().post("/login/", TYPED | {"password": "wrong"})
    assert stranger().post("/login/", TYPED).status_code == 200
    assert client.post("/login/", TYPED).status_code == 302
    forged = stranger()
    forged.cookies[settings.DEVICE_COOKIE_NAME] = cookie.value[:-3] + "xxx"
    assert forged.post("/login/", TYPED).status_code == 200


def test_too_many_failures_of_an_address_get_a_page_of_their_own(
    cast: Cast, settings: Settings, hashes: HashCount
) -> None:
    """ASVS 6.3.1: 429 with Retry-After, before any hash; it says nothing about an account."""
    settings.LOGIN_ADDRESS_FAILURES, settings.TRUSTED_PROXIES = 1, 1
    client = stranger(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    client.post("/login/", TYPED | {"user_id": "nobody", "password": "wrong"})
    with hashes:
        response = client.post("/login/", TYPED)
    assert (response.status_code, hashes.number) == (429, 0)
    assert 0 < int(response["Retry-After"]) <= settings.LOGIN_ADDRESS_SECONDS
    assert "from your network" in response.content.decode()
