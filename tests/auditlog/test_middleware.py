"""Where a request came from (G1): believed only as far as the proxies are ours."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from auditlog.middleware import client_ip
from tests.accounts.reading import newest_event, stranger
from tests.conftest import Cast


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address", "believed"),
    [
        (0, "", "192.0.2.1", "192.0.2.1"),
        (0, "198.51.100.9", "192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.9", "10.0.0.1", "198.51.100.9"),
        (1, "6.6.6.6, 198.51.100.9", "10.0.0.1", "198.51.100.9"),
        (2, "6.6.6.6, 198.51.100.9, 10.0.0.2", "10.0.0.1", "198.51.100.9"),
        (2, "198.51.100.9", "10.0.0.1", None),
        (1, "", "10.0.0.1", None),
        (1, "6.6.6.6, ", "10.0.0.1", None),
        (1, "6.6.6.6,,198.51.100.9", "10.0.0.1", "198.51.100.9"),
        (1, "198.51.100.9:55012", "10.0.0.1", "198.51.100.9"),
        (1, "[2001:db8::1]:55012", "10.0.0.1", "2001:db8::1"),
        (1, "[2001:db8::1]", "10.0.0.1", "2001:db8::1"),
        (1, "[::ffff:198.51.100.9]:1", "10.0.0.1", "198.51.100.9"),
        (1, "2001:DB8:0:0::1", "10.0.0.1", "2001:db8::1"),
        (1, "198.51.100.9:port", "10.0.0.1", None),
        (1, "198.51.100.9\u0660", "10.0.0.1", None),
        (1, "198.051.100.9", "10.0.0.1", None),
        (1, "198.51.100.9/24", "10.0.0.1", None),
        (1, "3325256713", "10.0.0.1", None),
        (0, "", "fe80::1%eth0", "fe80::1"),
        (1, "nonsense", "10.0.0.1", None),
        (1, "2001:db8::1", "10.0.0.1", "2001:db8::1"),
        (0, "", "::ffff:192.0.2.1", "192.0.2.1"),
        (0, "", "", None),
    ],
)
def test_the_address_is_the_one_that_our_own_proxy_saw(
    settings: Settings, proxies: int, forwarded: str, address: str, believed: str | None
) -> None:
    """Research 4.5: X-Forwarded-For can be typed by anybody."""
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_ip(RequestFactory().get("/", headers=headers, REMOTE_ADDR=address)) == believed


@pytest.mark.django_db
def test_an_event_and_its_answer_carry_the_same_request_id(cast: Cast) -> None:
    """G1: so that both can be found by it; a sent one is believed behind our proxy only."""
    sent = {"x-request-id": "from-outside-1234"}
    typed = {"company_code": "ACME", "user_id": "alice", "password": "wrong"}
    response = stranger().post("/login/", typed, headers=sent)
    event = newest_event(cast.admin.tenant, "accounts.login.failed")
    assert event.request_id == response["X-Request-ID"] != "from-outside-1234"


@pytest.mark.parametrize("sent", ["from-outside-1234", "short", "x" * 65, "bad\tvalue-123", "a b c d e f g h"])
@pytest.mark.django_db
def test_a_request_id_of_our_proxy_is_kept_if_it_has_the_form(settings: Settings, sent: str) -> None:
    """G7: nothing that could forge a line of a log."""
    settings.TRUSTED_PROXIES = 1
    answered = stranger().get("/login/", headers={"x-request-id": sent})["X-Request-ID"]
    assert (answered == sent) == (sent == "from-outside-1234")
