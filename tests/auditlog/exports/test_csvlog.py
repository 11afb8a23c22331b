"""The audit log as CSV: what is in it, what is not, and how it looks (G2)."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from auditlog.exports import csvlog
from auditlog.exports.conditions import ConditionsUnknown, choice_of, conditions_in, told
from auditlog.exports.csvlog import CsvLog, open_csv
from auditlog.exports.periods import MAX_DAYS, Period
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import SOMEBODY, write
from tests.auditlog.exports.conftest import today, write_many
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

BOM = b"\xef\xbb\xbf"
COLUMNS = ("Event,Time (UTC),Time (Asia/Tokyo),Kind,Kind (code),Action,Action (code),Result,Result (code),Acted as,"
           "Acted as (code),User ID,Name,Account (key),Source IP,Browser,Session,Request,Target type,Target (key),"
           "Target,Before,After")  # fmt: skip


def opened(tenant: Tenant, period: Period | None = None, language: str = "en") -> CsvLog:
    """The log of yesterday and today."""
    with tenant_transaction(tenant.id):
        return open_csv(period or today(), language=language, time_zone="Asia/Tokyo")


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows by heading."""
    assert content.startswith(BOM)
    return list(csv.DictReader(io.StringIO(content[len(BOM) :].decode(), newline="")))


def keys_of(content: bytes) -> list[str]:
    """The events in their order."""
    return [row["Event"] for row in rows_of(content)]


def test_every_column(acme: Tenant) -> None:
    """G2, G8: codes and labels, UTC and the reader's zone, in an order that stays, by RFC 4180."""
    at = datetime.now(UTC).replace(hour=15, minute=30, second=1, microsecond=250000)
    utc, tokyo = f"{at:%Y-%m-%d}", f"{at + timedelta(hours=9):%Y-%m-%d}"
    with tenant_transaction(acme.id):
        event = AuditEvent.objects.create(
            at=at, kind="data", action="auditlog.exported", outcome="failure", actor_kind="user", actor_id=SOMEBODY.id,
            actor_user_id="erin", actor_name="Erin, \"E\"", ip="2001:db8::1", user_agent="Browser", request_id="r-1",
            target_type="documents.document", target_id="42", target_label="契約書\n2.pdf", after={"size": 3},
        )  # fmt: skip
    period = Period(at - timedelta(hours=1), at + timedelta(hours=1))
    content = b"".join(opened(acme, period))
    assert (
        content
        == BOM
        + (
            f"{COLUMNS}\r\n"
            f"{event.id},{utc}T15:30:01.250000Z,{tokyo} 00:30:01,Data access,data,Exported the audit log,"
            f'auditlog.exported,Failure,failure,User,user,erin,"Erin, ""E""",{SOMEBODY.id},2001:db8::1,Browser,,r-1,'
            'documents.document,42,"契約書\n2.pdf",,"{""size"": 3}"\r\n'
        ).encode()
    )
    heading, row = b"".join(opened(acme, period, "ja")).decode("utf-8-sig").splitlines()[:2]
    assert heading.startswith("イベント,日時（UTC）,日時（Asia/Tokyo）,種別,種別（コード）,操作,")
    assert ",データの操作,data,監査ログのエクスポート," in row


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠A1"])
def test_nothing_runs_in_a_spreadsheet(acme: Tenant, text: str) -> None:
    """G2: a cell that begins like a formula gets an apostrophe in front."""
    write(acme, label=text)
    (row,) = rows_of(b"".join(opened(acme)))
    assert row["Target"] == f"'{text}"


def test_the_events_of_the_period_and_of_the_company(
    acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G2, T1: all of them once, oldest first, over days and portions; nobody else's, nothing from outside."""
    monkeypatch.setattr(csvlog, "_PORTION", 3)
    begin = datetime.now(UTC).replace(hour=20, minute=0, second=0, microsecond=0)
    end = begin + timedelta(hours=40)
    moments = [begin + timedelta(hours=hours) for hours in (0, 1, 1, 1, 1, 1, 3, 4, 5, 30, 39)]
    own = [write(acme, at=at) for at in moments]
    for at in (begin - timedelta(microseconds=1), end):
        write(acme, at=at)
    theirs = [write(globex, at=at) for at in moments]

    log = opened(acme, Period(begin, end))
    in_order = sorted(own, key=lambda event: (event.at, event.id))
    assert keys_of(b"".join(log)) == [str(event.id) for event in in_order]
    assert (log.events, log.total) == (11, 11)
    assert set(keys_of(b"".join(opened(globex, Period(begin, end))))) == {str(event.id) for event in theirs}


def test_what_comes_meanwhile_is_not_in_it(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """G2: all portions see the log as it was at the beginning, also an event of an earlier time."""
    monkeypatch.setattr(csvlog, "_PORTION", 2)
    before = [write(acme) for _ in range(5)]
    log = opened(acme)
    portions = iter(log)
    content = next(portions) + next(portions)
    write(acme)
    write(acme, at=before[3].at + timedelta(microseconds=1))
    assert keys_of(content + b"".join(portions)) == [str(event.id) for event in before]


def test_a_transaction_that_ends_meanwhile_is_not_in_it(acme: Tenant) -> None:
    """G2: whole transactions or nothing of them, whatever the time of their events."""
    before = write(acme)
    with transaction.atomic(using="owner"):
        write_many(acme, 3)
        log = opened(acme)
    assert keys_of(b"".join(log)) == [str(before.id)]
    assert len(keys_of(b"".join(opened(acme)))) == 4


def test_queries_do_not_grow_with_the_rows(acme: Tenant) -> None:
    """G2: one question for each portion, and a transaction round it."""
    counts = []
    for _ in range(2):
        for _ in range(30):
            write(acme)
        log = opened(acme)
        with CaptureQueriesContext(connections["default"]) as queries:
            b"".join(log)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Period ------------------------------------------------------------------------------------------------------
NOW = "2026-11-22T00:10:00+09:00"


@time_machine.travel(NOW, tick=False)
def test_a_period_is_in_days_of_the_zone() -> None:
    """G8: up to now where the last day is not over."""
    with timezone.override("Asia/Tokyo"):
        whole = Period.of_days(date(2026, 11, 1), date(2026, 11, 21))
        begun = Period.of_days(date(2026, 11, 22), date(2026, 11, 22))
    assert whole == Period(datetime(2026, 10, 31, 15, tzinfo=UTC), datetime(2026, 11, 21, 15, tzinfo=UTC))
    assert begun == Period(datetime(2026, 11, 21, 15, tzinfo=UTC), datetime(2026, 11, 21, 15, 10, tzinfo=UTC))
    days = Period(whole.begin, whole.begin + timedelta(days=2)).days()
    assert [(f"{day.begin.astimezone(UTC):%d-%H}", f"{day.end.astimezone(UTC):%d-%H}") for day in days] == [
        ("31-15", "01-00"),
        ("01-00", "02-00"),
        ("02-00", "02-15"),
    ]


@pytest.mark.parametrize(
    ("since", "until", "field", "text"),
    [
        (date(2026, 11, 21), date(2026, 11, 20), "until", "before the first"),
        (date(2026, 11, 21), date(2026, 11, 23), "until", "not come yet"),
        (date(2026, 11, 22) - timedelta(days=MAX_DAYS), date(2026, 11, 22), "since", "at most 366 days"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_period_that_is_none(since: date, until: date, field: str, text: str) -> None:
    """G2: in the wrong order, in the future, too long."""
    with pytest.raises(ValidationError) as refused, timezone.override("Asia/Tokyo"):
        Period.of_days(since, until)
    assert list(refused.value.message_dict) == [field]
    assert text in refused.value.message_dict[field][0]


# --- Conditions --------------------------------------------------------------------------------------------------
def test_conditions_of_an_address(inside_acme: Tenant) -> None:
    """G2: the filters of the page, without the period and the place in the list; for people in their words."""
    asked = QueryDict("since=2026-01-01&kind=data&user=erin&outcome=&before=x&page=2&q=")
    assert conditions_in(asked) == {"kind": ["data"], "user": ["erin"]}
    assert told(conditions_in(asked)) == [("User ID", "erin"), ("Kind", "Data access")]
    with translation.override("ja"):
        assert told({"outcome": ["denied"]}) == [("結果", "拒否")]


def test_conditions_choose(acme: Tenant, globex: Tenant) -> None:
    """G2, T1: the same events as on the page."""
    chosen = write(acme, outcome="denied")
    write(acme, outcome="success")
    write(globex, outcome="denied")
    with tenant_transaction(acme.id):
        choice = choice_of({"outcome": ["denied"], "user": ["ERIN"]}, today())
        log = open_csv(today(), language="en", time_zone="Asia/Tokyo", chosen=choice)
    assert keys_of(b"".join(log)) == [str(chosen.id)]


def test_conditions_that_nobody_understands(inside_acme: Tenant) -> None:
    """G2: they are refused; leaving them out would export more than was asked for."""
    with pytest.raises(ConditionsUnknown):
        choice_of({"outcome": ["splendid"]}, today())
