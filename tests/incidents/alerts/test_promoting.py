"""Incidents that come of alerts: by a person, and by themselves (P4, N1)."""

import pytest
import time_machine

from accounts.roles import create_role, give_roles
from incidents.alerts.models import Alert, Threshold
from incidents.alerts.promoting import open_due
from incidents.alerts.queries import open_alerts
from incidents.models import Incident, IncidentReport
from incidents.severity import Severity
from tenants.isolation.context import platform_scope, tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.incidents.alerts.conftest import ACTOR, Gauge

pytestmark = pytest.mark.django_db(databases=EVERY_ROLE)

TYPED = {"severity": Severity.SERIOUS, "title_ja": "ログインできない障害", "title_en": "Logging in fails"}


def incidents() -> list[Incident]:
    """All there are."""
    with platform_transaction():
        return list(Incident.objects.order_by("sequence"))


def react(gauge: Gauge) -> int:
    """What the job does after each look."""
    with tenant_scope(gauge.provider.id), platform_scope():
        return open_due(actor=ACTOR)


def test_an_operator_opens_one_incident_from_an_alert(cast: Cast, gauge: Gauge) -> None:
    """P4, N1: detected when the alert began, led by who opened it, the first notice drafted; not a second time."""
    gauge.show(3, web1=99)
    (alert,) = open_alerts()
    with time_machine.travel(gauge.now, tick=False):
        client = cast.operator.client()
        address = f"/operator/monitoring/alerts/{alert.id}/"
        assert "Trouble with: Log-in and pages" in client.get(address).content.decode()
        opened = client.post(f"{address}incident/", TYPED)
        again = client.post(f"{address}incident/", TYPED, follow=True)
    (incident,) = incidents()
    assert opened["Location"] == f"/operator/incidents/{incident.number}/"
    assert f"This alert has an incident already: {incident.number}." in again.content.decode()
    assert (incident.severity, incident.components, incident.detected_at) == ("serious", ["web"], alert.opened_at)
    assert (incident.source, incident.source_id) == ("alert", str(alert.id))
    assert (incident.commander_name, incident.whole_service) == (cast.operator.user.name, True)
    with platform_transaction():
        assert IncidentReport.objects.get().incident_id == incident.id
    (alert,) = open_alerts()
    assert (alert.incident_number, alert.acknowledged_by_name) == (incident.number, cast.operator.user.name)


def test_who_does_not_lead_incidents_opens_none(cast: Cast, gauge: Gauge) -> None:
    """A9: the menu of monitoring is not that of incidents."""
    gauge.show(3, web1=99)
    (alert,) = open_alerts()
    watcher = make_person(cast.operator.tenant, "walt")
    with tenant_transaction(cast.operator.tenant.id):
        role = create_role(name="Watching", menus=["operator.monitoring"], actor=cast.operator.actor)
        give_roles(watcher.user, [role], actor=cast.operator.actor)
    address = f"/operator/monitoring/alerts/{alert.id}/"
    client = watcher.client()
    assert "Open the incident" not in client.get(address).content.decode()
    assert client.post(f"{address}incident/", TYPED).status_code == 403
    assert incidents() == []


def test_a_threshold_opens_an_incident_by_itself_once(gauge: Gauge, monkeypatch: pytest.MonkeyPatch) -> None:
    """P4: when it is critical and not before; who is killed on the way has opened none, and the next minute does."""
    with platform_transaction():
        Threshold.objects.create(measure="test.load", warning=80, critical=95, for_minutes=2, opens_incident=True)
    gauge.show(4, web1=90, web2=10)
    assert react(gauge) == 0
    gauge.show(3, web1=99, web2=10)

    def die(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("incidents.alerts.promoting.record", die)
        with pytest.raises(KeyboardInterrupt):
            react(gauge)
    assert incidents() == []
    assert [react(gauge), react(gauge)] == [1, 0]
    (incident,) = incidents()
    assert (incident.severity, incident.public, incident.sequence) == ("moderate", False, 1)
    assert incident.title_ja == "障害のお知らせ：ログイン・画面"
    with platform_transaction():
        assert Alert.objects.get().incident_number == incident.number
