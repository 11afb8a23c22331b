"""Nobody outside decides where our answers and our mails lead (ASVS 3.7.2)."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from tests.conftest import EVERY_ROLE, Cast
from tests.web.site import HOST, ORIGIN, Site

OUTSIDE = (
    "//evil.example",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "http:///evil.example",
    "HTTPS://EVIL.EXAMPLE",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "%2f%2fevil.example",
    "%5c%5cevil.example",
    "//evil.example%2f@testserver/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//evil.example\\@testserver",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\r\nSet-Cookie: forged=1",
    "/\x00",
)


def _arrives_at(location: str) -> str:
    """The host at which a browser arrives: it drops line ends and tabs and takes backslashes for slashes."""
    cleaned = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    parts = urlsplit(urljoin("https://testserver/login/", cleaned))
    assert parts.scheme in {"http", "https"}
    return parts.netloc


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", OUTSIDE)
def test_next_page_is_ours(wanted: str, cast: Cast) -> None:
    """ASVS 3.7.2: after the log-in, for those who are logged in already, and after another language."""
    typed = {"company_code": "ACME", "user_id": cast.reader.user.user_id, "password": cast.reader.password}
    answers = (
        Client().post("/login/", typed, query_params={"next": wanted}),
        cast.reader.client().get("/login/", {"next": wanted}),
        Client().post("/language/", {"language": "en", "next": wanted}),
        Client().post("/language/", {"language": "xx", "next": wanted}),
    )
    for answer in answers:
        assert answer.status_code == 302
        assert _arrives_at(answer["Location"]) == "testserver"
        assert not re.search(r"[\r\n\x00]", answer["Location"])
        assert "forged" not in answer.cookies


@pytest.mark.django_db
def test_next_page_may_be_ours(cast: Cast) -> None:
    """The check above is not blind: a page of ours is found again."""
    assert cast.reader.client().get("/login/", {"next": "/profile/?tab=2"})["Location"] == "/profile/?tab=2"


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_headers_do_not_name_the_host(site: Site) -> None:
    """P1: a host of which we do not know is refused; what a client says of forwarding is not believed."""
    assert site.ask("GET", "/login/", host="evil.example").status == 400
    assert site.ask("GET", "/login/", host=f"{HOST}:443@evil.example").status == 400
    forged = {
        "x_forwarded_host": "evil.example",
        "forwarded": "host=evil.example",
        "x_forwarded_server": "evil.example",
    }
    for path in ("/login/", "/documents/", "/nowhere/", "/password/forgotten/"):
        answer = site.ask("GET", path, **forged)
        assert b"evil.example" not in answer.body
        assert "evil.example" not in answer.get("Location")
    answer = site.ask("GET", "/documents/", **forged, x_forwarded_proto="http")
    assert answer.get("Location") == f"{ORIGIN}/documents/"


@pytest.mark.django_db(transaction=True)
def test_links_in_mails_lead_to_the_public_address(cast: Cast) -> None:
    """P1: whatever host the request for a reset named, the link with the secret in it is ours."""
    forged = {"host": "localhost", "x-forwarded-host": "evil.example"}
    typed = {"company_code": "ACME", "user_id": cast.reader.user.user_id}
    assert Client(headers=forged).post("/password/forgotten/", typed).status_code == 200
    links = re.findall(r"\S+//\S+", str(mail.outbox[-1].body))
    assert links
    assert all(link.startswith(f"{settings.PUBLIC_URL}/") for link in links)
