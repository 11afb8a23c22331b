"""Answers that no view of ours makes: errors, files, redirects (P1; ASVS 3.4.1-3.4.8)."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from pytest_django import Settings

from accounts.access import public
from accounts.hashing import HashingBusy
from config import urls
from tests.conftest import EVERY_ROLE, Cast
from tests.web.flaws import flaws
from tests.web.observatory import Answer
from tests.web.site import HOST, ORIGIN, TOKEN, Site, cookies_of

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

JSON = "application/json"


def test_errors_and_files_of_the_deployed_product(site: Site, cast: Cast) -> None:
    """ASVS 3.4.1-3.4.8: 400, 403, 404, 405, 413, a failed token check, files that are there and that are not."""
    cookies = cookies_of(cast)
    style = next((site.store.parent / "static" / "css").glob("sekisho.*.css")).name
    upload = {"content_type": "multipart/form-data; boundary=x", "content_length": str(10**12), "accept": JSON}
    answers = {
        200: [site.ask("GET", f"/static/css/{style}"), site.ask("GET", "/healthz"), site.ask("HEAD", "/login/")],
        304: [site.ask("GET", f"/static/css/{style}", if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT")],
        302: [site.ask("GET", "/"), site.ask("GET", "/login/", cookie=cookies["admin"])],
        301: [site.ask("GET", "/login")],
        400: [
            site.ask("GET", "/login/", host="evil.example"),
            site.post("/profile/", "x=" + "1" * (2 * 1024 * 1024 + 1), cookies["admin"]),
        ],
        403: [site.ask("GET", "/console/users/", cookie=cookies["reader"]), site.ask("POST", "/login/")],
        404: [
            site.ask("GET", "/static/missing.css"),
            site.ask("GET", "/nowhere/"),
            site.ask("GET", "/nowhere/", cookie=cookies["admin"]),
            site.ask("GET", "/operator/tenants/", cookie=cookies["admin"]),
        ],
        405: [site.ask("PUT", "/login/", x_csrftoken=TOKEN, origin=ORIGIN, cookie=f"__Host-csrf={TOKEN}")],
        413: [site.post(reverse("documents:upload"), "--x", cookies["admin"], **upload)],
    }
    found = [(answer.status, status, flaws(answer)) for status, some in answers.items() for answer in some]
    assert [wrong for wrong in found if wrong[0] != wrong[1] or wrong[2]] == []


def test_a_wrong_host_over_http(site: Site) -> None:
    """P1: answered before any other middleware runs, so without HSTS, which HTTP must not carry, but with all else."""
    answer = site.ask("GET", "/", host="evil.example", x_forwarded_proto="http")
    assert answer.status == 400
    assert flaws(answer) == ["80 points", "Strict-Transport-Security: []", "HSTS is ''"]


def test_http_leads_to_https_of_the_same_host(site: Site) -> None:
    """P1: with nothing but the address, and without a cookie."""
    answer = site.ask("GET", "/documents/?page=2", x_forwarded_proto="http")
    assert (answer.status, answer.get("Location")) == (301, f"https://{HOST}/documents/?page=2")
    assert answer.all("Set-Cookie") == []


@public
def _fails(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


@public
def _busy(_request: HttpRequest) -> HttpResponse:
    raise HashingBusy


urlpatterns = [*urls.urlpatterns, path("fails/", _fails), path("busy/", _busy)]


@pytest.fixture
def https(settings: Settings) -> Client:
    """The application in this process, told to behave as over HTTPS."""
    settings.ROOT_URLCONF = __name__
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 63_072_000, True
    settings.CSRF_COOKIE_SECURE, settings.CSRF_COOKIE_NAME = True, "__Host-csrf"
    settings.LOGIN_ADDRESS_FAILURES = 0
    return Client(raise_request_exception=False, headers={"host": HOST, "accept": "text/html"})


def test_errors_that_nobody_orders(https: Client, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """ASVS 16.3.4, 16.5.1, 16.5.4: pages of the product, with the same headers; the detail is in the log only."""
    settings.ALLOWED_HOSTS = [HOST]
    typed = {"company_code": "ACME", "user_id": "alice", "password": "wrong"}
    responses = {
        429: https.post("/login/", typed, secure=True),
        500: https.get("/fails/", secure=True),
        503: https.get("/busy/", secure=True),
    }
    for status, response in responses.items():
        headers = (*response.headers.items(), *(("Set-Cookie", c.OutputString()) for c in response.cookies.values()))
        answer = Answer(response.status_code, headers, response.content)
        assert (answer.status, flaws(answer)) == (status, [])
        assert b"on purpose" not in answer.body
        assert b"Traceback" not in answer.body
    assert "RuntimeError: on purpose" in caplog.text
