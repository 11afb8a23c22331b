"""What operators see and do about alerts (N9, P4)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.menus import OPERATOR
from auditlog.queries import events
from incidents.alerts.models import Alert, Threshold
from incidents.alerts.queries import open_alerts
from incidents.alerts.registry import measure_of
from incidents.alerts.services import Wanted, change_threshold
from incidents.alerts.tasks import look_at_measures
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.incidents.alerts.conftest import Gauge

pytestmark = pytest.mark.django_db(databases=EVERY_ROLE)

WANTED = Wanted(enabled=True, warning=50, critical=60, for_minutes=0, margin=5, told=True, opens_incident=False)
TYPED: dict[str, Any] = {
    "enabled": "on", "warning": "50", "critical": "60", "for_minutes": "0", "margin": "5", "reason": "Quieter disks",
}  # fmt: skip


@pytest.fixture
def client(cast: Cast) -> Client:
    """An operator's browser."""
    return cast.operator.client()


def body(client: Client, address: str) -> str:
    """What a page says."""
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_operators_are_told_of_each_step_in_their_language(cast: Cast, gauge: Gauge) -> None:
    """N9: at the minute at which it is certain; when it gets worse, and when it is over. Nothing in between."""
    make_person(cast.operator.tenant, "aoi", OPERATOR, language="ja")
    gauge.show(10, web1=85.5)
    gauge.show(10, web1=99)
    gauge.show(20, web1=60)
    told = sorted((message.to[0].partition("@")[0], message.subject) for message in mail.outbox)
    assert told == [
        ("aoi", "【正常に復帰】Load：web1"),
        ("aoi", "【警告】Load：web1"),
        ("aoi", "【重大】Load：web1"),
        ("olga", "[Critical] Load: web1"),
        ("olga", "[In order again] Load: web1"),
        ("olga", "[Warning] Load: web1"),
    ]
    first, *_others, last = [message.body for message in mail.outbox if message.to[0].startswith("olga")]
    (alert,) = Alert.objects.using("platform").all()
    assert "The figure is 85.5% now." in first
    assert "Thresholds: warning 80%, critical 95%, for 2 minutes." in first
    assert f"/operator/monitoring/alerts/{alert.id}/" in first
    assert "The worst figure was 99%." in last


def test_an_alert_shows_its_figures_and_who_sees_to_it(client: Client, cast: Cast, gauge: Gauge) -> None:
    """N9: one operator acknowledges, and stays the one."""
    gauge.show(8, web1=88, web2=None)
    with time_machine.travel(gauge.now, tick=False):
        overview = body(client, "/operator/monitoring/")
        assert "Load: web1" in overview
        assert "Cannot be measured" in overview
        unknown, alert = sorted(open_alerts(), key=lambda one: one.level == "warning")
        page = body(client, f"/operator/monitoring/alerts/{alert.id}/")
        assert "88%" in page
        assert "data-chart" in page
        assert "data-chart" not in body(client, f"/operator/monitoring/alerts/{unknown.id}/")
        address = f"/operator/monitoring/alerts/{alert.id}/acknowledge/"
        assert client.post(address, {"note": "Restarting it"}).status_code == 302
        again = client.post(address, {"note": "Me too"}, follow=True)
        assert "Somebody has acknowledged this alert already." in again.content.decode()
        assert "Restarting it" in body(client, f"/operator/monitoring/alerts/{alert.id}/")
    with platform_transaction(), tenant_scope(gauge.provider.id):
        noted = events().get(action="alerts.acknowledged")
    assert (noted.actor_user_id, noted.after) == ("olga", {"note": "Restarting it"})


def test_a_threshold_is_changed_with_its_reason_on_record(client: Client, cast: Cast, gauge: Gauge) -> None:
    """N9, A11: before and after; it holds from the next minute on, and who was too quiet is heard again."""
    address = "/operator/monitoring/thresholds/test.load/"
    gauge.show(3, web1=55)
    assert "This field is required." in client.post(address, TYPED | {"reason": ""}).content.decode()
    assert client.post(address, TYPED).status_code == 302
    assert "Quieter disks" in body(client, "/operator/monitoring/thresholds/")
    gauge.show(1, web1=55)
    assert [(alert.level, alert.limits["warning"]) for alert in open_alerts()] == [("warning", 50)]
    with platform_transaction(), tenant_scope(gauge.provider.id):
        changed = events().get(action="alerts.threshold.changed")
    before, after = changed.before or {}, changed.after or {}
    assert (before["warning"], after["warning"], after["reason"]) == (80, 50, "Quieter disks")
    assert (before["told"], after["told"]) == (True, False)
    without = {name: value for name, value in TYPED.items() if name != "enabled"}
    assert client.post(address, without).status_code == 302
    gauge.show(1, web1=99)
    assert open_alerts() == []


def test_who_proved_who_they_are_long_ago_is_asked_again(client: Client, gauge: Gauge) -> None:
    """A11: a threshold decides what nobody hears of."""
    address = "/operator/monitoring/thresholds/test.load/"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(address).status_code == 200
        sent_away = client.post(address, TYPED)
    assert sent_away["Location"].startswith("/confirm/")
    with platform_transaction():
        assert not Threshold.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"warning": None, "critical": None}, "warning"),
        ({"critical": 40}, "critical"),
        ({"margin": -1}, "margin"),
        ({"for_minutes": 1441}, "for_minutes"),
        ({"critical": None, "opens_incident": True}, "opens_incident"),
    ],
)
def test_figures_that_make_no_sense_are_refused(gauge: Gauge, cast: Cast, changed: dict[str, Any], field: str) -> None:
    """N9: with a word about what is wrong."""
    load = measure_of("test.load")
    assert load is not None
    with tenant_scope(gauge.provider.id), pytest.raises(ValidationError) as refused:
        change_threshold(load, replace(WANTED, **changed), reason="Why", actor=cast.operator.actor)
    assert list(refused.value.message_dict) == [field]


def test_the_overview_asks_as_much_of_thirty_as_of_one(client: Client, gauge: Gauge) -> None:
    """N9: one statement for the figures of all."""

    def statements(**values: float) -> int:
        gauge.show(3, **values)
        with time_machine.travel(gauge.now, tick=False), CaptureQueriesContext(connections["platform"]) as queries:
            body(client, "/operator/monitoring/")
        return len(queries)

    one = statements(web0=99)
    assert statements(**{f"web{number}": 99.0 for number in range(30)}) == one


def test_the_job_looks_at_what_is_really_there(cast: Cast) -> None:
    """N9: every measure of the product, and none of them is bad or unknown for a reason of its own."""
    assert look_at_measures.delay().get() > 5
    assert open_alerts() == []
