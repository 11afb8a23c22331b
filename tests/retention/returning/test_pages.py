"""The pages of data return: ask, watch, fetch, go on with a broken download (R3)."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from auditlog.models import AuditEvent
from retention.returning import objects
from retention.returning.downloads import Request, Unsatisfiable, Wanted, wanted
from retention.returning.models import DataReturn, ReturnState
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import Stored
from tests.conftest import EVERY_ROLE, Cast
from tests.retention.returning.conftest import asked, listed, part_of, refreshed
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

PAGE = "/console/data-return/"


def page_of(client: Client, address: str = PAGE) -> str:
    """A page that is there."""
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def fetched(tenant: Tenant) -> list[dict[str, Any]]:
    """What was recorded of downloads."""
    with tenant_transaction(tenant.id):
        events = AuditEvent.objects.filter(action="retention.return.downloaded").order_by("at")
        return [{"outcome": event.outcome, **(event.after or {})} for event in events]


@pytest.mark.parametrize(
    ("header", "if_range", "found"),
    [
        ("", "", Wanted(0, 100, partial=False)),
        ("bytes=0-", "", Wanted(0, 100, partial=True)),
        ("bytes=10-19", "", Wanted(10, 20, partial=True)),
        ("bytes=90-1000", "", Wanted(90, 100, partial=True)),
        ("bytes=-30", "", Wanted(70, 100, partial=True)),
        ("bytes=-3000", "", Wanted(0, 100, partial=True)),
        ("bytes=10-", '"x"', Wanted(10, 100, partial=True)),
        ("bytes=10-", '"other"', Wanted(0, 100, partial=False)),
        ("bytes=10-", "Sat, 21 Nov 2026 00:00:00 GMT", Wanted(0, 100, partial=False)),
        ("bytes=0-1,5-6", "", Wanted(0, 100, partial=False)),
        ("bytes=20-10", "", Wanted(0, 100, partial=False)),
        ("bytes=-", "", Wanted(0, 100, partial=False)),
        ("items=0-5", "", Wanted(0, 100, partial=False)),
        ("bytes=100-", "", None),
        ("bytes=-0", "", None),
    ],
)
def test_ranges(header: str, if_range: str, found: Wanted | None) -> None:
    """R3, RFC 9110 section 14: one range; several, and those of another file, mean the whole one."""
    request = Request("GET", header, if_range)
    if found is None:
        with pytest.raises(Unsatisfiable):
            wanted(request, size=100, etag='"x"')
    else:
        assert wanted(request, size=100, etag='"x"') == found


def test_a_download_that_broke_off_goes_on(company: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: any bytes out of the encrypted blocks, without those before; recorded; who has begun is not asked again."""
    monkeypatch.setattr(objects, "BLOCK", 10_000)
    monkeypatch.setattr("retention.returning.making.BLOCK", 10_000)
    row, client = asked(company.tenant, company.admin.actor), company.admin.client()
    content, (part,) = part_of(row), row.files
    assert len(content) == part.size > 30_000
    with tenant_scope(company.tenant.id):
        assert len(list(document_store().list(objects._prefix()))) == -(-part.size // 10_000)
    address = f"{PAGE}{row.id}/1.zip"
    assert address in page_of(client)

    whole: Any = client.get(address)
    assert b"".join(whole.streaming_content) == content
    assert sha256(content).hexdigest() == part.sha256
    assert (whole["Content-Length"], whole["Accept-Ranges"]) == (str(part.size), "bytes")
    assert whole["Content-Disposition"].startswith('attachment; filename="ACME-data-return-')
    etag = whole["ETag"]
    for start, stop in ((0, 1), (9_999, 10_001), (10_000, 20_000), (15_000, part.size), (part.size - 1, part.size)):
        answer: Any = client.get(address, headers={"Range": f"bytes={start}-{stop - 1}"})
        assert answer.status_code == 206
        assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/{part.size}"
        assert b"".join(answer.streaming_content) == content[start:stop]
    refused = client.get(address, headers={"Range": f"bytes={part.size}-"})
    assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{part.size}")
    before = len(fetched(company.tenant))
    assert client.head(address)["Content-Length"] == str(part.size)
    assert len(fetched(company.tenant)) == before == 6
    assert fetched(company.tenant)[2] == {
        "outcome": "success", "part": 1, "size": part.size, "sha256": part.sha256, "from": 9_999, "to": 10_001,
    }  # fmt: skip

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        rest = {"Range": "bytes=20000-"}
        assert client.get(address)["Location"].startswith("/confirm/?next=%2Fconsole%2Fdata-return%2F")
        assert client.get(address, headers=rest).status_code == 302
        assert client.get(address, headers=rest | {"If-Range": '"guessed"'}).status_code == 302
        assert client.get(address, headers={"Range": "bytes=0-", "If-Range": etag}).status_code == 302
        going_on: Any = client.get(address, headers=rest | {"If-Range": etag})
        assert going_on.status_code == 206
        assert b"".join(going_on.streaming_content) == content[20_000:]


def test_files_that_cannot_be_had(cast: Cast, acme: Tenant) -> None:
    """R3: after their days at once, though no job has come; lost ones are told of, on the page and in the log."""
    (row,), client = listed(acme, 1), cast.admin.client()
    address = f"{PAGE}{row.id}/1.zip"
    assert "cannot be read at the moment" in client.get(address, follow=True).content.decode()
    assert [event["outcome"] for event in fetched(acme)] == ["failure"]
    assert client.get(f"{PAGE}{row.id}/2.zip").status_code == 404
    assert client.get(f"{PAGE}{row.id}/0.zip").status_code == 404
    assert cast.outsider.client().get(address).status_code == 404
    with tenant_transaction(acme.id):
        DataReturn.objects.update(expires_at=timezone.now())
    assert client.get(address).status_code == 404
    assert "Files removed" in page_of(client)


@pytest.mark.usefixtures("jobs_wait")
def test_watching_and_cancelling(cast: Cast, acme: Tenant) -> None:
    """R3: the fragment asks again each second while there is something to see, in few short queries."""
    client = cast.admin.client()
    assert "The data return has begun" in client.post(PAGE, follow=True).content.decode()
    assert "is being written. Wait" in client.post(PAGE, follow=True).content.decode()
    with tenant_transaction(acme.id):
        row = DataReturn.objects.get()
    address = f"{PAGE}{row.id}"
    assert "Waiting for its turn" in page_of(client)
    with tenant_transaction(acme.id):
        facts = {"done": 3_000_000, "total": 9_000_000, "files_done": 1234, "files_total": 5000}
        DataReturn.objects.update(state=ReturnState.RUNNING, **facts)
    with CaptureQueriesContext(connections["default"]) as queries:
        response = client.get(f"{address}/status/")
    assert len(queries) <= 5  # BEGIN, session, menus, one short row, COMMIT
    assert 'hx-trigger="every 1s"' in response.content.decode()
    assert "1,234 of 5,000 files" in response.content.decode()
    assert "HX-Refresh" not in response.headers
    assert "was cancelled" in client.post(f"{address}/cancel/", follow=True).content.decode()
    assert client.get(f"{address}/status/").headers["HX-Refresh"] == "true"
    assert "not running any more" in client.post(f"{address}/cancel/", follow=True).content.decode()


def test_removing(company: Stored) -> None:
    """R3: whoever has fetched the files need not leave them lying."""
    row, client = asked(company.tenant, company.admin.actor), company.admin.client()
    assert "were removed" in client.post(f"{PAGE}{row.id}/remove/", follow=True).content.decode()
    assert refreshed(row).state == ReturnState.EXPIRED
    assert "has no files" in client.post(f"{PAGE}{row.id}/remove/", follow=True).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_the_list(cast: Cast, acme: Tenant, count: int) -> None:
    """R3: as many for thirty as for one."""
    client = cast.admin.client()
    listed(acme, count)
    page_of(client)
    with CaptureQueriesContext(connections["default"]) as queries:
        assert page_of(client).count("1.zip") == count
    assert len(queries) <= 11
