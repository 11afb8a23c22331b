"""Usage on its pages (T9)."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tenants.usage.models import UsageDay, UsageHour
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def page_of(client: Client, address: str) -> str:
    """The page, which is there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.fixture
def counted(acme: Tenant, globex: Tenant) -> None:
    """30 days and 24 hours of both: ACME grows by a gigabyte a day, GLOBEX asks much."""
    today, now = timezone.localdate(), timezone.now().replace(minute=0, second=0, microsecond=0)
    stock = {"users_active": 3, "users_suspended": 0, "documents": 5, "backups": 0}
    with platform_transaction():
        UsageDay.objects.bulk_create(
            UsageDay(tenant_id=tenant.id, day=today - timedelta(days=31 - number), requests=asked, p95_ms=50,
                     median_ms=20, storage=number * growing, **stock)
            for tenant, asked, growing in ((acme, 11, 1_000_000_000), (globex, 7_777, 0))
            for number in range(31)
        )  # fmt: skip
        UsageHour.objects.bulk_create(
            UsageHour(tenant_id=tenant.id, hour=now - timedelta(hours=number + 1), requests=asked, storage=1, **stock)
            for tenant, asked in ((acme, 4321), (globex, 1234))
            for number in range(30)
        )


@pytest.mark.usefixtures("counted")
def test_a_company_sees_its_own(cast: Cast) -> None:
    """T9, T1: as charts with tables, and as CSV; nothing of another company."""
    client = cast.admin.client()
    day, month, year = (page_of(client, f"/console/contract/usage/?span={span}") for span in ("day", "month", "year"))
    for text in ('id="usage-users"', 'id="usage-requests"', "4321"):
        assert text in day
    assert "1234" not in day
    assert "30000.0" in month  # MB
    assert 'id="usage-times"' in month
    assert "7777" not in month
    assert 'id="usage-times"' not in year
    for span, rows in (("day", 24), ("month", 30)):
        answer = client.get(f"/console/contract/usage.csv?span={span}")
        table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert len(table) == rows + 1
        assert {row[6] for row in table[1:]} == {"4321" if span == "day" else "11"}
    assert "Nothing was counted yet" in page_of(cast.operator.client(), "/console/contract/usage/?span=year")


@pytest.mark.usefixtures("counted")
def test_operators_see_who_grows(cast: Cast) -> None:
    """T9: the top consumers first, and when the plan is full; the same number of queries for 30 more."""
    client = cast.operator.client()
    by_storage, by_requests = (page_of(client, f"/operator/usage/?order={by}") for by in ("storage", "requests"))
    assert by_storage.index("ACME") < by_storage.index("GLOBEX")
    assert by_requests.index("GLOBEX") < by_requests.index("ACME")
    # 100 GiB are 107.37 GB; 30 are used, one more each day: full 78 days after yesterday.
    full = (timezone.localdate() + timedelta(days=77)).isoformat()
    assert full in by_storage
    table = list(csv.reader(io.StringIO(client.get("/operator/usage.csv").content.decode("utf-8-sig"), newline="")))
    assert [(row[0], row[6], row[8], row[9], row[11]) for row in table[1:]] == [
        ("ACME", "30000000000", "30000000000", "330", full),
        ("GLOBEX", "0", "0", "233310", ""),
        ("PROVIDER", "", "", "0", ""),
    ]
    company = f"/operator/usage/{cast.admin.tenant.id}/"
    assert "30000.0" in page_of(client, company)
    assert client.get(f"{company[:-1]}.csv?span=day").status_code == 200
    counts = []
    for many in (False, True):
        if many:
            with platform_transaction():
                Tenant.objects.bulk_create(Tenant(company_code=f"MORE-{number}", name="More") for number in range(30))
        with CaptureQueriesContext(connections["platform"]) as queries:
            page_of(client, "/operator/usage/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
