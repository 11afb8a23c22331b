"""The request log on the operators' page (G6). Who may open it is in tests/test_permission_matrix.py."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from auditlog.requests.models import RequestEntry
from auditlog.requests.queries import Span, overview
from tenants.isolation.context import platform_scope
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def keep(*, count: int = 1, minutes: float = 5, tenant_id: UUID | None = None, **values: Any) -> None:
    """Entries of that many minutes ago."""
    entry = {"method": "GET", "route": "/documents/", "status": 200, "duration_ms": 10.0, "request_id": "r1"} | values
    at = timezone.now() - timedelta(minutes=minutes)
    with platform_scope():
        RequestEntry.objects.bulk_create([RequestEntry(at=at, tenant_id=tenant_id, **entry) for _ in range(count)])


@pytest.fixture
def client(cast: Cast) -> Client:
    """The operator's browser."""
    return cast.operator.client()


def test_routes_are_in_order_of_their_slow_answers(cast: Cast) -> None:
    """G6: by the 95th percentile, with the median, the slowest one and the errors beside it."""
    for duration in range(1, 101):
        keep(duration_ms=float(duration))
    keep(count=3, method="POST", route="/login/", duration_ms=400.0, status=500, error="OperationalError")
    slow, quick = overview(Span.HOUR).routes
    assert (slow.method, slow.route, slow.requests, slow.errors, slow.median) == ("POST", "/login/", 3, 3, 400.0)
    assert (quick.requests, quick.errors, quick.median, quick.slowest) == (100, 0, 50.5, 100.0)
    assert quick.p95 == pytest.approx(95.05)


def test_one_company_is_counted_alone(cast: Cast) -> None:
    """T1: the operator may ask about one of them."""
    keep(count=2, tenant_id=cast.admin.tenant.id)
    keep(count=5, tenant_id=cast.outsider.tenant.id, status=503)
    keep(count=7)
    assert (overview(Span.DAY).requests, overview(Span.DAY).errors) == (14, 5)
    acme = overview(Span.DAY, tenant_id=cast.admin.tenant.id)
    assert (acme.requests, acme.errors, acme.failed) == (2, 0, [])


def test_a_period_has_an_end(cast: Cast) -> None:
    """G6: and its volume stands in steps of one width."""
    keep(count=3, minutes=30)
    keep(count=4, minutes=90)
    assert [overview(span).requests for span in Span] == [3, 7, 7, 7]
    assert sum(bar.requests for bar in overview(Span.WEEK).bars) == 7
    assert all(bar.begun.minute % 5 == 0 for bar in overview(Span.HOUR).bars)


def test_the_page_shows_volume_routes_and_errors(cast: Cast, client: Client) -> None:
    """G6: an error leads to its entry in other logs by the request id."""
    keep(count=2, tenant_id=cast.admin.tenant.id, status=500, error="ValueError", request_id="abc123", minutes=1)
    keep(count=1234)
    page = client.get("/operator/requests/").content.decode()
    for expected in ("/documents/", "1,236", "ValueError", "abc123", "ACME", "Slowest addresses"):
        assert expected in page
    narrowed = client.get("/operator/requests/", {"company": "globex", "span": "hour"}).content.decode()
    assert "No requests in this period" in narrowed
    assert "abc123" not in narrowed


@pytest.mark.parametrize("query", [{"company": "nobody"}, {"span": "century"}, {"company": "a\0b"}])
def test_odd_questions_get_a_message(client: Client, query: dict[str, str]) -> None:
    """Bad input: the page says what is wrong, and shows the day of everybody."""
    keep(route="/seen/")
    response = client.get("/operator/requests/", query)
    assert response.status_code == 200
    assert re.search("No company has this code|Select a valid choice|Null characters", response.content.decode())
    assert "/seen/" in response.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_asks_as_often_for_one_as_for_many(
    client: Client, rows: int, django_assert_num_queries: Any, cast: Cast
) -> None:
    """Style: no query a row."""
    for number in range(rows):
        keep(route=f"/{number}/", status=500)
    client.get("/operator/requests/")
    with django_assert_num_queries(8, using="platform"):
        client.get("/operator/requests/")
