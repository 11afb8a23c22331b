"""What can be asked of the audit log, and what the page says about it (G2)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connections
from django.http import QueryDict
from django.utils import timezone

from accounts.actions import LOGGED_IN
from auditlog.filters import EventFilter
from auditlog.models import AuditEvent
from auditlog.periods import Period, days_of
from auditlog.queries import events
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import SOMEBODY, write
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db

PAGE = "/console/audit/"
KEY = "0199a000-0000-7000-8000-00000000000a"


def add(tenant: Tenant, label: str, **values: Any) -> AuditEvent:
    """One event with these values."""
    with tenant_transaction(tenant.id):
        event = AuditEvent(kind="data", action="tests.x", actor_kind="user", target_label=label, **values)
        event.save(force_insert=True)
        return event


def found(tenant: Tenant, **query: str) -> set[str]:
    """The names of the targets that the filter finds."""
    with tenant_transaction(tenant.id):
        return set(EventFilter(_query(query), events()).qs.values_list("target_label", flat=True))


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({"ip": "203.0.113.5"}, {"one"}),
        ({"ip": "203.0.113.0/24"}, {"one", "two"}),
        ({"ip": "203.0.113.77/25"}, {"one"}),
        ({"ip": "２０３.0.113.5 "}, {"one"}),
        ({"ip": "2001:db8::/32"}, {"six"}),
        ({"ip": "::/0"}, {"six"}),
        ({"ip": "somewhere"}, {"one", "two", "six", "契約/A.pdf"}),
        ({"target": KEY}, {"契約/A.pdf"}),
        ({"target": KEY.upper()}, {"契約/A.pdf"}),
        ({"target": "契約/a"}, {"契約/A.pdf"}),
        ({"target": "A.pdf"}, set()),
        ({"target_type": "documents.document"}, {"契約/A.pdf"}),
        ({"target_type": "documents.document", "ip": "203.0.113.5"}, set()),
        ({"target_type": "nonsense"}, {"one", "two", "six", "契約/A.pdf"}),
        ({"session": KEY}, {"two"}),
        ({"q": "a\0b"}, {"one", "two", "six", "契約/A.pdf"}),
    ],
)
def test_conditions_find(acme: Tenant, globex: Tenant, query: dict[str, str], labels: set[str]) -> None:
    """G2: address or network, target by key or beginning, kind of target, session; never of another company (T1)."""
    for tenant in (acme, globex):
        mark = "" if tenant == acme else "foreign "
        add(tenant, mark + "one", ip="203.0.113.5")
        add(tenant, mark + "two", ip="203.0.113.200", session_id=KEY)
        add(tenant, mark + "six", ip="2001:db8::1")
        add(tenant, mark + "契約/A.pdf", target_type="documents.document", target_id=KEY)
    assert found(acme, **query) == labels


@pytest.fixture
def march() -> Iterator[None]:
    """The last evening of March in UTC, which is the first of April in Tokyo."""
    with time_machine.travel(datetime(2027, 3, 31, 16, 0, tzinfo=UTC), tick=False):
        yield


def test_periods_are_days_of_the_readers_zone(march: None) -> None:
    """G2, G8: the same moment is another day, and another month, somewhere else."""
    with timezone.override("Asia/Tokyo"):
        assert days_of(Period.TODAY) == (date(2027, 4, 1), date(2027, 4, 1))
        assert days_of(Period.WEEK) == (date(2027, 3, 26), date(2027, 4, 1))
        assert days_of(Period.THIS_MONTH) == (date(2027, 4, 1), date(2027, 4, 1))
        assert days_of(Period.LAST_MONTH) == (date(2027, 3, 1), date(2027, 3, 31))
    with timezone.override("Europe/London"):
        assert days_of(Period.LAST_MONTH) == (date(2027, 2, 1), date(2027, 2, 28))
        assert days_of(Period.MONTH) == (date(2027, 3, 2), date(2027, 3, 31))


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ({}, (date(2027, 3, 3), date(2027, 4, 1))),
        ({"period": "7d"}, (date(2027, 3, 26), date(2027, 4, 1))),
        ({"period": "nonsense"}, (date(2027, 3, 3), date(2027, 4, 1))),
        ({"since": "2027-03-10", "until": "2027-03-12", "period": "7d"}, (date(2027, 3, 10), date(2027, 3, 12))),
        ({"since": "2027-03-10"}, (date(2027, 3, 10), date(2027, 4, 1))),
        ({"until": "2027-01-31"}, (date(2027, 1, 2), date(2027, 1, 31))),
        ({"until": "2000-01-01"}, (date(1999, 12, 3), date(2000, 1, 1))),
    ],
)
def test_days_overrule_a_named_period(
    acme: Tenant, march: None, query: dict[str, str], days: tuple[date, date]
) -> None:
    """G2: the stable meaning of a query string, on which saved filters and exports rely."""
    with timezone.override("Asia/Tokyo"), tenant_transaction(acme.id):
        asked = EventFilter(_query(query), events())
        assert asked.days == days


def _query(values: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(values)
    return query


def chips(page: str) -> list[str]:
    """What the chips of a page say."""
    texts = re.findall(r'<a class="chip"[^>]*>(.*?)<svg', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in texts]


def test_active_conditions_are_chips_that_a_click_removes(cast: Cast) -> None:
    """G2: each with its label and value; removing one keeps the others and goes to the first page."""
    client = cast.admin.client()
    query = {"kind": "login", "user": "erin", "ip": "203.0.113.0/24", "before": "x", "period": "7d"}
    page = client.get(PAGE, query).content.decode()
    assert chips(page) == ["User ID erin", "Kind Log-in and log-out", "Source IP 203.0.113.0/24"]
    assert 'href="?kind=login&amp;ip=203.0.113.0%2F24&amp;period=7d"' in page
    assert re.search(r"<details class=\"filters-more\"\s+open", page)
    calm = client.get(PAGE, {"kind": "login"}).content.decode()
    assert not re.search(r"<details class=\"filters-more\"\s+open", calm)


def test_what_is_not_understood_is_said_and_stays_in_its_box(cast: Cast) -> None:
    """G2, D6: an auditor must not believe that a condition was applied which was not."""
    write(cast.admin.tenant, action=LOGGED_IN, label="target-1", actor=SOMEBODY)
    page = cast.admin.client().get(PAGE, {"ip": "somewhere", "kind": "login", "colour": "red"}).content.decode()
    assert "Not every condition is applied" in page
    assert "Write an address or a network" in page
    assert 'value="somewhere"' in page
    assert "<code>colour</code>" in page
    assert chips(page) == ["Kind Log-in and log-out"]
    assert "target-1" in page


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_conditions_are_answered_from_indexes(acme: Tenant) -> None:
    """T1, research/tenancy 3: behind the wall as well, where only some comparisons may look into an index."""
    now = timezone.now()
    people = [f"user-{number}" for number in range(300)]
    with tenant_transaction(acme.id):
        AuditEvent.objects.bulk_create(
            AuditEvent(
                at=now,
                kind="login" if number % 100 == 0 else "data",
                action=f"tests.{number % 60}",
                actor_kind="user",
                actor_user_id=people[number % 300],
                target_id=str(UUID(int=number)),
                ip=f"10.0.{number // 250}.{number % 250}",
            )
            for number in range(6000)
        )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE auditlog_auditevent")
    for name, value, column in (
        ("user", "user-7", "actor_user_id"),
        ("action", "documents.file.downloaded", "action"),
        ("kind", "login", "kind"),
        ("ip", "10.0.3.5", "ip ="),
        ("ip", "10.0.3.0/28", "ip >="),
        ("target", str(UUID(int=9)), "target_id"),
        ("outcome", "denied", "at >="),
        ("q", "erin", "at >="),
    ):
        plan = explained(acme, {name: value})
        assert "Seq Scan" not in plan, plan
        condition = re.search(r"Index Cond: (.*)", plan.partition(f"d180_{now.astimezone(UTC):%Y%m%d} ")[2])
        assert condition is not None, plan
        assert column in condition[1], plan


def explained(tenant: Tenant, query: dict[str, str]) -> str:
    """How the database would look for it today; in a small table it would rather read everything."""
    with tenant_transaction(tenant.id), connections["default"].cursor() as cursor:
        asked = EventFilter(_query({"period": "today", **query}), events())
        statement, params = asked.qs.order_by().query.sql_with_params()
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN (COSTS OFF) " + statement, params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    partitions = set(re.findall(r"on (auditlog_auditevent_\w+)", plan))
    assert len(partitions) <= 9, plan  # of three classes: a day of the reader's zone, and the day to come
    return plan


def test_the_partial_index_holds_what_failed(acme: Tenant) -> None:
    """G2: refusals and failures are found without going through what went well."""
    assert "WHERE ((outcome)::text <> 'success'::text)" in _definition("auditlog_event_trouble")


def _definition(index: str) -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index])
        return str(cursor.fetchone()[0])
