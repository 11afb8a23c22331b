"""Exports in the console: order, watch, download, check (G2). Who may open what: tests/test_permission_matrix.py."""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.staff.scopes import Scope, allows
from auditlog.exports.models import AuditExport, ExportState
from auditlog.exports.objects import remove_file
from auditlog.exports.urls_console import urlpatterns
from auditlog.models import AuditEvent
from auditlog.sealing.keys import published_keys
from auditlog.tasks import seal
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import page_of
from tests.auditlog.conftest import write
from tests.auditlog.exports.conftest import ordered, refreshed
from tests.auditlog.exports.test_csvlog import keys_of, rows_of
from tests.auditlog.sealing.conftest import wait_for_other_databases
from tests.auditlog.sealing.test_proofs import run_script
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

EXPORTS = "/console/audit/exports/"


@pytest.fixture
def client(cast: Cast) -> Client:
    """The administrator's browser."""
    return cast.admin.client()


def order(client: Client, query: str = "", **fields: str) -> str:
    """The page that answers an order of today."""
    today = timezone.localdate().isoformat()
    data = {"since": today, "until": today, "format": "csv"} | fields
    return client.post(EXPORTS + query, data, follow=True).content.decode()


def newest(tenant: Tenant) -> AuditExport:
    """The last order."""
    with tenant_transaction(tenant.id):
        return AuditExport.objects.latest("requested_at")


def downloaded(client: Client, row: AuditExport) -> tuple[bytes, Any]:
    """The file and the response that it came with."""
    response = client.get(f"{EXPORTS}{row.id}/file/")
    return b"".join(response), response


def given_out(tenant: Tenant) -> list[dict[str, Any]]:
    """What the log says of files that went out."""
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(action="auditlog.exported").order_by("at")
        return [dict(row) for row in found.values("outcome", "after")]


def test_from_the_order_to_the_file(acme: Tenant, globex: Tenant, client: Client) -> None:
    """G2, T1: the company's own events and no others; streamed under a good name; recorded with its digest."""
    own, theirs = write(acme, label="請求書.pdf"), write(globex)
    page = order(client)
    assert "The export has begun." in page
    row = newest(acme)
    assert f"{EXPORTS}{row.id}/file/" in page
    assert given_out(acme) == []

    assert client.head(f"{EXPORTS}{row.id}/file/").status_code == 200
    assert given_out(acme) == []
    content, response = downloaded(client, row)
    day = f"{timezone.localdate():%Y%m%d}"
    assert response.streaming
    assert response["Content-Disposition"] == f'attachment; filename="ACME-audit-log-{day}-{day}.csv"'
    assert response["Content-Length"] == str(len(content))
    assert response["Cache-Control"] == "private, no-store"
    assert str(own.id) in keys_of(content)
    with tenant_transaction(acme.id):
        in_log = {str(key) for key in AuditEvent.objects.values_list("id", flat=True)}
    assert set(keys_of(content)) <= in_log
    assert str(theirs.id) not in keys_of(content)
    (event,) = given_out(acme)
    assert (event["outcome"], event["after"]["sha256"]) == ("success", sha256(content).hexdigest())
    assert (event["after"]["events"], event["after"]["size"]) == (len(keys_of(content)), len(content))


def test_the_file_with_proof_is_believed_by_the_script(acme: Tenant, client: Client, tmp_path: Path) -> None:
    """G2, G7: what the page hands out passes the stand-alone check; with one byte changed it does not."""
    for number in range(3):
        write(acme, label=f"file {number}")
    wait_for_other_databases()
    seal()
    order(client, format="jsonl")
    content, response = downloaded(client, newest(acme))
    assert response["Content-Disposition"].endswith('.jsonl"')
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(published_keys()))

    file = tmp_path / "export.jsonl"
    file.write_bytes(content)
    code, said = run_script(file, "--keys", str(keys))
    assert (code, said.splitlines()[0]) == (0, "YES.")
    at = content.index(b"file 1")
    file.write_bytes(content[:at] + b"F" + content[at + 1 :])
    code, said = run_script(file, "--keys", str(keys))
    assert code == 1
    assert said.startswith("NO. Line ")
    assert client.get(f"{EXPORTS}{newest(acme).id}/signature/").status_code == 404


def test_the_signature_of_a_csv(acme: Tenant, client: Client, tmp_path: Path) -> None:
    """G2, G7: beside the file it says that the file is ours, and as it was; of another one it does not."""
    write(acme)
    order(client)
    row = newest(acme)
    content, response = downloaded(client, row)
    name = response["Content-Disposition"].split('"')[1]
    signature: Any = client.get(f"{EXPORTS}{row.id}/signature/")
    assert signature["Content-Disposition"] == f'attachment; filename="{name}.sig.json"'
    file, beside = tmp_path / name, tmp_path / f"{name}.sig.json"
    beside.write_bytes(signature.content)
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(published_keys()))

    file.write_bytes(content)
    code, said = run_script(beside, "--keys", str(keys))
    assert (code, said.splitlines()[0]) == (0, "YES.")
    assert f"{row.done} events" in said
    file.write_bytes(content[:-3] + b"x" + content[-2:])
    assert run_script(beside, "--keys", str(keys)) == (1, "NO. The file is not the one that was exported.\n")
    file.unlink()
    assert run_script(beside)[1].startswith("NO. The file is not beside its signature")
    file.write_bytes(content)
    beside.write_bytes(signature.content.replace(b'\\"events\\":', b'\\"events\\":1'))
    assert run_script(beside, "--keys", str(keys))[0] == 1


def test_of_what_the_viewer_shows(acme: Tenant, client: Client) -> None:
    """G2: the conditions of the page go along, are told, and hold; a file with proof refuses them."""
    chosen = write(acme, outcome="denied", label="chosen")
    write(acme, outcome="success")
    query = "?kind=error&outcome=denied&before=x"
    assert f"{EXPORTS}?kind=error" in page_of(client, f"/console/audit/{query}")
    page = page_of(client, EXPORTS + query)
    assert "Result: Denied" in page
    assert "the whole period" in order(client, query, format="jsonl")
    order(client, query)
    row = newest(acme)
    assert row.conditions == {"kind": ["error"], "outcome": ["denied"]}
    content, _response = downloaded(client, row)
    assert keys_of(content) == [str(chosen.id)]
    (event,) = given_out(acme)
    assert event["after"]["conditions"] == row.conditions
    assert "Kind: Errors and refusals<br>Result: Denied" in page_of(client, EXPORTS)


@pytest.mark.parametrize(
    ("query", "fields", "text"),
    [
        ("", {"since": "2999-01-01", "until": "2999-01-02"}, "This day has not come yet."),
        ("", {"since": "2026-02-02", "until": "2026-02-01"}, "The last day is before the first one."),
        ("", {"since": "2020-02-02"}, "Choose at most 366 days"),
        ("", {"since": "0001-01-01", "until": "0001-01-02"}, "greater than or equal to"),
        ("", {"since": "yesterday"}, "Enter a valid date."),
        ("", {"since": ""}, "This field is required."),
        ("", {"format": "xlsx"}, "Select a valid choice."),
        ("?outcome=splendid", {}, "The conditions of this address are not understood."),
    ],
)
def test_what_cannot_be_ordered(acme: Tenant, client: Client, query: str, fields: dict[str, str], text: str) -> None:
    """G2: each mistake in words, beside its field; nothing is ordered."""
    assert text in order(client, query, **fields)
    with tenant_transaction(acme.id):
        assert not AuditExport.objects.exists()


def test_a_download_asks_who_it_is(acme: Tenant, client: Client) -> None:
    """A11: as the other lists that leave in one piece; to order one is no risk."""
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        order(client)
        response = client.get(f"{EXPORTS}{newest(acme).id}/file/")
    assert response.status_code == 302
    assert response["Location"].startswith("/confirm/?next=%2Fconsole%2Faudit%2Fexports%2F")


@pytest.mark.usefixtures("jobs_wait")
def test_watching_cancelling_and_starting_again(cast: Cast, acme: Tenant, client: Client) -> None:
    """G2: the fragment asks again each second while there is something to see, in few short queries."""
    order(client)
    row = newest(acme)
    address = f"{EXPORTS}{row.id}"
    assert "Waiting for its turn" in page_of(client, EXPORTS)
    with tenant_transaction(acme.id):
        AuditExport.objects.update(state=ExportState.RUNNING, done=1234, total=50000)
    with CaptureQueriesContext(connections["default"]) as queries:
        response = client.get(f"{address}/status/")
    assert len(queries) <= 5  # BEGIN, session, menus, one short row, COMMIT
    assert 'hx-trigger="every 1s"' in response.content.decode()
    assert "1,234 of 50,000 events" in response.content.decode()
    assert "HX-Refresh" not in response.headers
    assert client.get(f"{address}/file/").status_code == 404

    assert "The export was cancelled." in client.post(f"{address}/cancel/", follow=True).content.decode()
    assert client.get(f"{address}/status/").headers["HX-Refresh"] == "true"
    assert "is not running any more" in client.post(f"{address}/cancel/", follow=True).content.decode()
    assert f"{address}/again/" in page_of(client, EXPORTS)
    client.post(f"{address}/again/")
    assert refreshed(row).state == ExportState.QUEUED
    assert "need not be started again" in client.post(f"{address}/again/", follow=True).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_the_list(cast: Cast, acme: Tenant, client: Client, count: int) -> None:
    """G2: as many for thirty exports as for one."""
    ordered(acme, cast.admin.actor, outcome=["denied"])
    row = newest(acme)
    for _ in range(count - 1):
        with tenant_transaction(acme.id):
            AuditExport.objects.create(
                **{field.name: getattr(row, field.name) for field in AuditExport._meta.fields if field.name != "id"}
            )
    page_of(client, EXPORTS)
    with CaptureQueriesContext(connections["default"]) as queries:
        assert page_of(client, EXPORTS).count("Result: Denied") == count
    assert len(queries) <= 9


def test_a_file_whose_days_are_over(cast: Cast, acme: Tenant, client: Client) -> None:
    """G2: it is gone for everybody before the job comes."""
    row = ordered(acme, cast.admin.actor)
    with tenant_transaction(acme.id):
        AuditExport.objects.update(expires_at=timezone.now())
    assert client.get(f"{EXPORTS}{row.id}/file/").status_code == 404
    assert client.get(f"{EXPORTS}{row.id}/signature/").status_code == 404
    assert "File removed" in page_of(client, EXPORTS)


def test_a_file_that_cannot_be_read(cast: Cast, acme: Tenant, client: Client) -> None:
    """G2: said on the page, and in the log."""
    row = ordered(acme, cast.admin.actor)
    with tenant_scope(acme.id):
        remove_file(row.run)
    page = client.get(f"{EXPORTS}{row.id}/file/", follow=True).content.decode()
    assert "The file cannot be read at the moment." in page
    (event,) = given_out(acme)
    assert event["outcome"] == "failure"


def test_times_are_the_readers(cast: Cast, acme: Tenant) -> None:
    """G8, T10: days, times and words of whoever ordered it."""
    with tenant_transaction(acme.id):
        cast.admin.user.time_zone, cast.admin.user.language = "America/New_York", "ja"
        cast.admin.user.save()
    write(acme)
    client = cast.admin.client()
    with timezone.override("America/New_York"):
        order(client)
    row = newest(acme)
    assert (row.time_zone, row.language) == ("America/New_York", "ja")
    first = rows_of(downloaded(client, row)[0])[0]
    assert "日時（America/New_York）" in first


def test_the_providers_staff_takes_nothing_along() -> None:
    """A14: looking is one thing, a file of everything another."""
    for scope in Scope.values:
        for pattern in urlpatterns:
            assert not allows(scope, f"console:{pattern.name}", "GET")
