"""The pages and the mails of leaving, for the company and for operators (T4, R1, R2)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.formats import date_format

from auditlog.actors import Actor
from retention.cancellation.models import Cancellation, Reason, Side
from retention.cancellation.services import request_cancellation
from retention.cancellation.tasks import end_use, remind
from retention.promise.dates import start_of, today_in
from tenants.contract.models import Organisation
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tests.accounts.reading import page_of
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.tenants import make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

PAGE, LEAVING = "/console/contract/cancellation/", "/operator/retention/leaving/"
ZONE = "Asia/Tokyo"


def typed(last_day: date, **changed: str) -> dict[str, str]:
    """A request as the form sends it."""
    wish = {"last_day": last_day.isoformat(), "reason": "price", "comment": "Goodbye", "typed_code": "acme"}
    return wish | {"confirmed": "on"} | changed


def cancel(tenant: Tenant, last_day: date, actor: Actor) -> Cancellation:
    """Cancelled by the company."""
    wish = {"reason": Reason.PRICE, "comment": "", "typed_code": tenant.company_code, "side": Side.COMPANY}
    return request_cancellation(tenant, last_day=last_day, **wish, actor=actor)  # type: ignore[arg-type]


def written(day: date, language: str = "en") -> str:
    """A day as people read it."""
    with translation.override(language):
        return date_format(day, "DATE_FORMAT")


def newest(tenant: Tenant) -> Cancellation:
    """The newest cancellation of the company."""
    with platform_transaction():
        return Cancellation.objects.filter(tenant_id=tenant.id).latest("requested_at")


def test_everything_is_shown_before_it_is_asked_for(cast: Cast, acme: Tenant) -> None:
    """T4, R2: dates, classes with their numbers, what stays and why; nothing happens before the confirmation."""
    client, last_day = cast.admin.client(), today_in(ZONE, datetime.now(UTC)) + timedelta(days=5)
    first = page_of(client, PAGE)
    assert "Choose the last day of use" in first
    assert "typed_code" not in first
    page = page_of(client, PAGE, last_day=last_day.isoformat())
    for days in (0, 1, 21, 22, 30):
        assert written(last_day + timedelta(days=days)) in page
    for text in ("Organisation record", "Invoices", "10 years", "Type the company code", "What will be deleted"):
        assert text in page
    assert "typed_code" not in page_of(client, PAGE, last_day="2020-01-01")
    for wrong in ({"typed_code": "GLOBEX"}, {"confirmed": ""}, {"last_day": "2020-01-01"}):
        assert client.post(PAGE, typed(last_day) | wrong).status_code == 200
    with platform_transaction():
        assert not Cancellation.objects.exists()
    assert client.post(PAGE, typed(last_day)).status_code == 302
    standing = page_of(client, PAGE)
    assert "Goodbye" in standing
    assert "Withdraw the cancellation" in standing
    for person in (cast.reader, cast.admin):  # a banner for everybody
        assert "The contract of your company was cancelled" in page_of(person.client(), "/")
    assert "was cancelled" not in page_of(cast.outsider.client(), "/")
    assert client.post(f"{PAGE}withdraw/").status_code == 302
    assert newest(acme).state == "withdrawn"
    assert "was cancelled" not in page_of(cast.reader.client(), "/")


def test_risky_deeds_ask_who_it_is(cast: Cast, acme: Tenant) -> None:
    """A11: looking is free, cancelling and withdrawing are not, for operators neither."""
    last_day = today_in(ZONE, datetime.now(UTC))
    cancel(acme, last_day + timedelta(days=9), cast.admin.actor)
    deeds = [(cast.admin, f"{PAGE}withdraw/"), (cast.operator, f"{LEAVING}{newest(acme).id}/withdraw/"),
             (cast.operator, f"{LEAVING}new/"), (cast.operator, "/operator/retention/promise/")]  # fmt: skip
    clients = {person: person.client() for person, _address in deeds}
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        for person, address in deeds:
            assert "/confirm/" in clients[person].post(address, {})["Location"]
    assert newest(acme).state == "open"


def test_operators_see_who_leaves_and_act_on_behalf(cast: Cast, acme: Tenant, settings: Any) -> None:
    """T4, R1: all dates in one list; cancel, withdraw, change the days of grace; what breaks the promise is marked."""
    client, last_day = cast.operator.client(), today_in(ZONE, datetime.now(UTC)) + timedelta(days=3)
    assert "No company is leaving" in page_of(client, LEAVING)
    assert client.post(f"{LEAVING}new/", typed(last_day, typed_code="NOBODY")).status_code == 200
    assert client.post(f"{LEAVING}new/", typed(last_day)).status_code == 302
    page = page_of(client, LEAVING)
    for days in (0, 22, 30):
        assert f"{last_day + timedelta(days=days):%Y-%m-%d}" in page
    assert "on behalf of the company" in page
    assert "any more" not in page
    settings.POINT_IN_TIME_DAYS = 10
    assert "Does not fit the promise any more" in page_of(client, LEAVING)
    assert "22 + 1 + max(10, 7, 0) = 33 &gt; 30" in page_of(client, "/operator/retention/promise/")
    settings.POINT_IN_TIME_DAYS = 7
    refused = client.post("/operator/retention/promise/", {"grace": "23", "reason": "longer"})
    assert "23 + 1 + max(7, 7, 0) = 31 &gt; 30" in refused.content.decode()
    assert client.post("/operator/retention/promise/", {"grace": "20", "reason": "sooner"}).status_code == 302
    assert f"{last_day + timedelta(days=22):%Y-%m-%d}" in page_of(client, LEAVING)  # as it was told to them
    assert client.post(f"{LEAVING}{newest(acme).id}/withdraw/").status_code == 302
    assert newest(acme).state == "withdrawn"


def test_the_list_costs_the_same_for_many(cast: Cast) -> None:
    """Statements of the list at 1 and at 30 rows."""
    client, day = cast.operator.client(), today_in(ZONE, datetime.now(UTC))

    def statements() -> int:
        with (
            CaptureQueriesContext(connections["platform"]) as first,
            CaptureQueriesContext(connections["default"]) as two,
        ):
            assert client.get(LEAVING).status_code == 200
        return len(first) + len(two)

    _leave(make_tenant("LEAVER0"), day, cast.operator.actor)
    page_of(client, LEAVING)
    one = statements()
    for number in range(1, 30):
        _leave(make_tenant(f"LEAVER{number}"), day, cast.operator.actor)
    assert statements() == one


def _leave(tenant: Tenant, day: date, actor: Actor) -> None:
    dates = {name: start_of(day, ZONE) for name in ("suspend_at", "erase_at", "gone_by")}
    with platform_transaction():
        Cancellation.objects.create(tenant_id=tenant.id, reason="price", side="company", last_day=day, time_zone=ZONE,
                                    state_before="active", **dates)  # fmt: skip


def test_mails_on_the_way_out(cast: Cast, acme: Tenant) -> None:
    """T4: on request, 7 days and 1 day before, on suspension, 7 days before the erasure; each once, to each reader."""
    with platform_transaction():
        Organisation.objects.update_or_create(
            tenant_id=acme.id, defaults={"name": "Acme", "billing_name": "Bill", "billing_email": "bill@acme.example"}
        )
    today = today_in(ZONE, datetime.now(UTC)) + timedelta(days=1)
    last_day = today + timedelta(days=8)

    def sent(day: date) -> list[tuple[str, str]]:
        """What the jobs of a day sent."""
        mail.outbox.clear()
        with time_machine.travel(start_of(day, ZONE) + timedelta(hours=1), tick=False):
            end_use(), remind(), remind()
        return sorted((message.to[0].partition("@")[0], str(message.subject)) for message in mail.outbox)

    def both(ours: str, japanese: str) -> list[tuple[str, str]]:
        name = "Acme Trading"
        return [("alice", f"{ours} ({name})"), ("bill", f"{japanese}（{name}）")]

    with time_machine.travel(start_of(today, ZONE) + timedelta(minutes=30), tick=False):
        cancel(acme, last_day, cast.admin.actor)
    assert {message.to[0] for message in mail.outbox} == {"alice@acme.example", "bill@acme.example"}
    for message, language in zip(sorted(mail.outbox, key=lambda one: one.to), ("en", "ja"), strict=True):
        for days in (0, 1, 21, 22, 30):
            assert written(last_day + timedelta(days=days), language) in message.body
        assert "/console/contract/cancellation/" in message.body
    assert sent(today) == []
    assert sent(last_day - timedelta(days=7)) == both("7 days until the last day of use", "最終利用日まであと7日です")
    assert sent(last_day - timedelta(days=6)) == []
    assert sent(last_day - timedelta(days=1)) == both("Tomorrow is the last day of use", "明日が最終利用日です")
    assert sent(last_day) == []
    assert sent(last_day + timedelta(days=1)) == both("Use has ended", "ご利用を停止しました")
    assert sent(last_day + timedelta(days=14)) == []
    assert sent(last_day + timedelta(days=15)) == both(
        "7 days until all data is erased", "全データの消去まであと7日です"
    )
    assert sent(last_day + timedelta(days=20)) == []
    assert newest(acme).told == ["requested", "week_left", "day_left", "suspended", "erasure_near"]


def test_the_command_line(cast: Cast, acme: Tenant, capsys: Any) -> None:
    """T4: `tenant cancel CODE --on DATE`, and back."""
    day = today_in(ZONE, datetime.now(UTC)) + timedelta(days=2)
    call_command("tenant", "cancel", "acme", "--on", day.isoformat())
    assert "2026" in capsys.readouterr().out or day.year != 2026
    assert (newest(acme).state, newest(acme).last_day) == ("open", day)
    with pytest.raises(CommandError):
        call_command("tenant", "cancel", "ACME", "--on", day.isoformat())
    call_command("tenant", "cancel", "ACME", "--withdraw", "--json")
    assert newest(acme).state == "withdrawn"
    with pytest.raises(CommandError):
        call_command("tenant", "cancel", "ACME", "--withdraw")
