"""Every address as every kind of person, as the product is deployed (P1; ASVS 3.3.1, 3.3.2, 3.3.3, 3.3.4).

A browser is told the same everywhere: ASVS 3.4.1 (HSTS), 3.4.2 (no CORS), 3.4.3 (content policy by nonce), 3.4.4
(nosniff), 3.4.5 (referrer), 3.4.6 (frames), 3.4.8 (opener), 3.5.8 (CORP), 3.6.1 (nothing of others).
"""

from typing import Any

import pytest

from tests.conftest import EVERY_ROLE, Cast
from tests.web.flaws import flaws
from tests.web.observatory import Answer
from tests.web.site import Site, cookies_of, every_address, stored

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

# They look for the token while the body comes in, and send people back; tests/documents/test_uploads.py.
_OWN_CHECK = (
    "documents:upload",
    "console:user_imports",
    "inquiries:new",
    "inquiries:write",
    "operator:inquiry_answer",
)
# One only looks and knows nobody; the other carries a signature of ours in its address, as RFC 8058 wants it.
_NO_CHECK = ("readyz", "status_unsubscribe")
EVIL = "https://evil.example"


def _sweep(site: Site, cast: Cast, things: dict[str, Any], method: str, **headers: str) -> dict[str, Answer]:
    return {
        f"{row} as {who}": site.ask(method, path, cookie=cookie, **headers)
        for who, cookie in cookies_of(cast).items()
        for row, path in every_address(things)
    }


def test_get(site: Site, cast: Cast, things: dict[str, Any]) -> None:
    """ASVS 3.5.3, 7.4.4: no answer has a flaw, none fails, looking changes nothing; every page offers the log-out."""
    before = stored()
    answers = _sweep(site, cast, things, "GET", origin=EVIL)

    found = {name: flaws(answer) for name, answer in answers.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert {name for name, answer in answers.items() if answer.status >= 500} == set()
    scripted = [answer for answer in answers.values() if answer.is_page and b" nonce=" in answer.body]
    assert len({answer.get("Content-Security-Policy") for answer in scripted}) == len(scripted)
    assert stored() == before
    inside = [name for name, answer in answers.items() if b'class="main-page"' in answer.body]
    assert inside
    assert [name for name in inside if b'action="/logout/"' not in answers[name].body] == []


def test_post_without_a_token(site: Site, cast: Cast, things: dict[str, Any]) -> None:
    """ASVS 3.5.1, 3.5.2, 3.5.3: a form of another site is refused at every address and changes nothing."""
    before = stored()
    answers = _sweep(site, cast, things, "POST", origin=EVIL)

    taken = {name for name, answer in answers.items() if answer.status != 403}
    assert {name for name in taken if not name.startswith((*_OWN_CHECK, *_NO_CHECK))} == set()
    found = {name: flaws(answer) for name, answer in answers.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert stored() == before
