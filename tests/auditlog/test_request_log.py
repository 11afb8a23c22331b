"""The request log: what is kept of a request, and how it gets from the request into the table (G6)."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import redis
import time_machine
from django.conf import LazySettings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from auditlog.context import Origin, origin
from auditlog.requests import buffer as buffers
from auditlog.requests import middleware, storing
from auditlog.requests.buffer import Buffer, broker
from auditlog.requests.models import RequestEntry
from tenants.isolation.context import platform_scope
from tenants.isolation.models import new_id
from tenants.isolation.transactions import current_connection, platform_transaction, tenant_transaction
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.fixture
def key() -> Iterator[str]:
    """A list of one's own in the broker."""
    name = f"test:requests:{new_id().hex}"
    yield name
    for left in [name, *broker().scan_iter(f"{name}:*")]:
        broker().delete(left)


@pytest.fixture
def log(key: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Buffer:
    """The log switched on; nothing is sent before the test says so."""
    own = Buffer(key=key, seconds=3600)
    settings.REQUEST_LOG = True
    monkeypatch.setattr(middleware, "buffer", lambda: own)
    return own


def stored(**chosen: Any) -> list[RequestEntry]:
    """The entries in the table, oldest first."""
    with platform_transaction():
        return list(RequestEntry.objects.filter(**chosen).order_by("at", "id"))


def line(**values: Any) -> str:
    """An entry on its way."""
    entry = {
        "id": new_id().hex,
        "at": timezone.now().isoformat(),
        "tenant_id": None,
        "user_id": "",
        "ip": "192.0.2.7",
        "method": "GET",
        "route": "/documents/",
        "status": 200,
        "duration_ms": 12.5,
        "error": "",
        "request_id": "r" * 32,
    }
    return json.dumps(entry | values)


def test_a_request_is_kept_with_who_what_and_how_long(cast: Cast, log: Buffer, key: str) -> None:
    """G6: time, address, tenant, user, method, route, status, duration; the request id leads to the audit log."""
    response = cast.editor.client().get("/documents/?q=secret+plans", REMOTE_ADDR="192.0.2.9")
    log.flush()
    assert storing.store_waiting(key=key) == 1
    (entry,) = stored()
    assert (entry.tenant_id, entry.user_id, entry.ip) == (cast.editor.tenant.id, "erin", "192.0.2.9")
    assert (entry.method, entry.route, entry.status, entry.error) == ("GET", "/documents/", 200, "")
    assert entry.request_id == response["X-Request-ID"]
    assert 0 < entry.duration_ms < 60_000
    assert abs(entry.at - timezone.now()) < timedelta(minutes=1)


def test_nothing_of_the_request_itself_is_kept(cast: Cast, log: Buffer, key: str) -> None:
    """G6, ASVS 16.2.5: no query, no form, no header, no part of the path: an invitation is a secret."""
    client = Client(headers={"user-agent": "canary-agent"})
    client.get("/invitation/canary-secret/?next=canary-next", headers={"authorization": "canary-token"})
    client.post("/login/", {"company_code": "canary", "user_id": "canary", "password": "canary-password"})
    client.get("/canary-page/")
    log.flush()
    waiting = repr(broker().lrange(key, 0, -1))
    assert "canary" not in waiting
    storing.store_waiting(key=key)
    assert [entry.route for entry in stored()] == ["/invitation/<secret>/", "/login/", middleware.NO_ROUTE]


def test_an_error_is_kept_by_its_name(rf: RequestFactory, log: Buffer, key: str) -> None:
    """G6: the class of the exception, never its text, which may hold data."""
    request = rf.get("/x/")
    request.resolver_match = None

    def broken(request: HttpRequest) -> HttpResponse:
        outside.process_exception(request, DatabaseError("canary"))
        return HttpResponse(status=500)

    outside = middleware.RequestLogMiddleware(broken)
    with origin(Origin("192.0.2.1", "", "abc")):
        outside(request)
    log.flush()
    storing.store_waiting(key=key)
    (entry,) = stored()
    assert (entry.status, entry.error, entry.tenant_id, entry.user_id) == (500, "DatabaseError", None, "")


def test_switched_off_it_keeps_nothing(cast: Cast, log: Buffer, key: str, settings: LazySettings) -> None:
    """REQUEST_LOG=0: for installations whose proxy keeps such a log."""
    settings.REQUEST_LOG = False
    cast.editor.client().get("/documents/")
    log.flush()
    assert broker().llen(key) == 0


def test_a_dead_broker_fails_no_request_and_loses_nothing_meanwhile(
    cast: Cast, log: Buffer, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G6: entries wait in the process until the broker is back."""
    nobody = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=1)
    client = cast.editor.client()
    with monkeypatch.context() as away:
        away.setattr(buffers, "broker", lambda: nobody)
        assert client.get("/documents/").status_code == 200
        log.flush()
        assert client.get("/activity/").status_code == 200
        log.flush()
    log.flush()
    storing.store_waiting(key=key)
    assert [entry.route for entry in stored()] == ["/documents/", "/activity/"]


def test_memory_is_bounded_while_the_broker_is_away(key: str) -> None:
    """G6: the oldest entries are lost first."""
    small = Buffer(key=key, capacity=3, seconds=3600)
    for number in range(5):
        small.put(str(number))
    small.flush()
    assert broker().lrange(key, 0, -1) == [b"2", b"3", b"4"]
    small.flush()
    assert broker().llen(key) == 3


def test_the_broker_is_bounded_while_no_worker_stores(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """G6: what nobody fetches must not fill the memory of the broker."""
    monkeypatch.setattr(buffers, "CAPACITY_OF_BROKER", 4)
    own = Buffer(key=key, seconds=3600)
    for number in range(6):
        own.put(str(number))
        own.flush()
    assert broker().lrange(key, 0, -1) == [b"2", b"3", b"4", b"5"]


def test_entries_leave_by_themselves(key: str) -> None:
    """The thread of the process hands them over, without anybody asking."""
    own = Buffer(key=key, seconds=0.01)
    own.put(line())
    assert broker().blpop([key], timeout=10) is not None


@pytest.mark.parametrize("stop", ["first batch", "second batch", "before the name goes"])
def test_a_killed_job_repeats_and_loses_nothing(key: str, stop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """G6: the next job finds what was put aside, and stores each entry once."""
    monkeypatch.setattr(storing, "_BATCH", 2)
    lines = [line() for _ in range(4)]
    broker().rpush(key, *lines)
    real, calls = storing._store, iter(range(10))

    def store(entries: Any) -> int:
        call = next(calls)
        if (stop, call) == ("first batch", 0):
            raise KeyboardInterrupt
        count = real(entries)
        if (stop, call) in {("second batch", 0), ("before the name goes", 1)}:
            raise KeyboardInterrupt
        return count

    with monkeypatch.context() as killed:
        killed.setattr(storing, "_store", store)
        with pytest.raises(KeyboardInterrupt):
            storing.store_waiting(key=key)
    broker().rpush(key, line())
    storing.store_waiting(key=key)
    assert len(stored()) == 5
    assert {UUID(json.loads(each)["id"]) for each in lines} < {entry.id for entry in stored()}
    assert list(broker().scan_iter(f"{key}*")) == []


def test_what_is_no_entry_keeps_no_other_from_the_table(key: str) -> None:
    """A line of another release, or from a clock that is wrong, is left out."""
    now = timezone.now()
    broker().rpush(
        key,
        "no json",
        "[]",
        line(id="x"),
        line(status="many"),
        line(route="x" * 300),
        line(unknown=1),
        line(at=(now - timedelta(days=31)).isoformat()),
        line(at=(now + timedelta(days=3)).isoformat()),
        line(route="/good/"),
    )
    assert storing.store_waiting(key=key) == 1
    assert [entry.route for entry in stored()] == ["/good/"]


def test_without_entries_there_is_nothing_to_do(key: str) -> None:
    """The job of every ten seconds is cheap."""
    assert storing.store_waiting(key=key) == 0


def test_only_the_platform_reads_it_and_nobody_changes_it(cast: Cast) -> None:
    """G6, G7: for operators only; the role of the product has no right to it at all."""
    statements = {
        "SELECT count(*) FROM requests_requestentry": False,
        "UPDATE requests_requestentry SET status = 200": True,
        "DELETE FROM requests_requestentry": True,
        "DROP TABLE requests_requestentry": True,
    }
    for statement, refused_to_platform in statements.items():
        with (
            pytest.raises(DatabaseError),
            tenant_transaction(cast.admin.tenant.id),
            current_connection().cursor() as cursor,
        ):
            cursor.execute(statement)
        if refused_to_platform:
            with pytest.raises(DatabaseError), platform_transaction(), current_connection().cursor() as cursor:
                cursor.execute(statement)


def _days() -> list[str]:
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(
            "SELECT right(relname, 8) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
            " WHERE inhparent = 'requests_requestentry'::regclass ORDER BY relname"
        )
        return [day for (day,) in cursor.fetchall()]


def test_days_are_made_ahead_and_dropped_after_thirty(cast: Cast) -> None:
    """G6: by partition. The database's own calendar decides; a job cannot drop more than a day too early."""
    today = timezone.now().date()
    storing.turn_partitions(today)
    assert _days()[0] == f"{today - timedelta(days=30):%Y%m%d}"
    assert {f"{today + timedelta(days=each):%Y%m%d}" for each in range(-30, 8)} <= set(_days())
    with time_machine.travel(timezone.now() - timedelta(days=30), tick=False):
        moment = timezone.now()
    with platform_scope():
        RequestEntry.objects.create(
            at=moment, ip=None, method="GET", route="/old/", status=200, duration_ms=1.0, request_id=""
        )
    assert storing.turn_partitions(today) == 0
    assert len(stored(route="/old/")) == 1
    assert storing.turn_partitions(today + timedelta(days=1)) > 0
    assert stored(route="/old/") == []
    assert _days()[0] == f"{today - timedelta(days=29):%Y%m%d}"
    with pytest.raises(DatabaseError):
        storing.turn_partitions(today + timedelta(days=40))


def test_times_are_utc(cast: Cast, log: Buffer, key: str) -> None:
    """G8: on the way and in the table."""
    with time_machine.travel(datetime.fromisoformat("2026-11-22T23:30:00+09:00"), tick=False):
        cast.editor.client().get("/documents/")
    log.flush()
    (raw,) = broker().lrange(key, 0, -1)
    assert json.loads(raw)["at"] == "2026-11-22T14:30:00+00:00"
