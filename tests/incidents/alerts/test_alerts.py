"""The life of an alert (N9): begun once, made worse, come back, ended; whatever dies in between."""

from datetime import timedelta
from typing import Any

import pytest

from auditlog.queries import events
from incidents.alerts.models import Alert, Sample, Watched
from incidents.alerts.queries import closed_alerts, open_alerts
from incidents.alerts.sampling import series_of
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tests.conftest import EVERY_ROLE
from tests.incidents.alerts.conftest import START, Gauge

pytestmark = pytest.mark.django_db(databases=EVERY_ROLE)


def story(alert: Alert) -> list[str]:
    """What became of it."""
    return [step["step"].removeprefix("alerts.") for step in alert.steps]


def recorded(gauge: Gauge) -> list[str]:
    """The same in the provider's log, oldest first."""
    with platform_transaction(), tenant_transaction(gauge.provider.id):
        found = events().filter(action__startswith="alerts.")
        return [event.action.removeprefix("alerts.") for event in reversed(found)]


def test_an_alert_begins_once_gets_worse_and_ends_by_itself(gauge: Gauge) -> None:
    """N9: told of once each; the worst figure stays."""
    gauge.show(2, web1=85, web2=20)
    assert open_alerts() == []
    gauge.show(1, web1=86, web2=20)
    (alert,) = open_alerts()
    assert (alert.measure, alert.subject, alert.level, alert.opened_at) == (
        "test.load",
        "web1",
        "warning",
        START + timedelta(minutes=2),
    )
    assert alert.limits == {"warning": 80, "critical": 95, "for_minutes": 2}
    gauge.show(10, web1=99, web2=20)
    gauge.show(5, web1=60, web2=20)
    (alert,) = open_alerts()
    assert (alert.level, alert.worst, alert.worst_at) == ("critical", 99, START + timedelta(minutes=3))
    gauge.show(1, web1=60, web2=20)
    assert open_alerts() == []
    (alert,) = closed_alerts()
    assert story(alert) == recorded(gauge) == ["opened", "escalated", "closed"]
    assert alert.end_reason == "calm"
    with platform_transaction():
        assert Sample.objects.filter(subject="web1").count() == 19


def test_a_minute_is_judged_once(gauge: Gauge) -> None:
    """N9: two workers that look in the same minute, or one that comes again, change nothing."""
    gauge.show(3, web1=99)
    gauge.now -= timedelta(minutes=1)
    gauge.readings["web1"] = gauge.readings["web1"].__class__(1)
    assert gauge.look() == 0
    (alert,) = open_alerts()
    assert story(alert) == ["opened"]
    with platform_transaction():
        assert Watched.objects.get().value == 99


class Killed(BaseException):
    """The worker is gone."""


def test_a_worker_that_dies_leaves_nothing_half_done(gauge: Gauge, monkeypatch: pytest.MonkeyPatch) -> None:
    """N9: reading, alert and record are one; the next look in the same minute does it."""
    gauge.show(2, web1=99)

    def die(*_args: Any, **_options: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("incidents.alerts.life.record", die)
        with pytest.raises(Killed):
            gauge.show(1, web1=99)
    assert open_alerts() == []
    with platform_transaction():
        assert Sample.objects.count() == 2
    assert gauge.look() == 1
    assert len(open_alerts()) == 1
    assert recorded(gauge) == ["opened"]


def test_a_figure_that_swings_does_not_flood(gauge: Gauge) -> None:
    """N9: a saw of 12 minutes for five hours is one alert that tells of itself a few times, and never wrongly."""
    for _tooth in range(25):
        gauge.show(4, web1=90)
        gauge.show(8, web1=30)
    (alert,) = open_alerts()
    assert alert.returns == 1
    assert story(alert) == recorded(gauge) == ["opened", "closed", "returned"]
    gauge.show(11, web1=30)
    assert open_alerts() == []
    gauge.show(61, web1=30)
    gauge.show(3, web1=90)
    assert [alert.returns for alert in open_alerts()] == [0]  # after an hour in order it is another one


def test_what_cannot_be_read_is_an_alert_itself(gauge: Gauge) -> None:
    """N9: after five minutes; it is over when the figure is back, and worse when the figure is bad."""
    gauge.show(1, web1=10)
    gauge.broken = True
    gauge.show(5, web1=10)
    assert open_alerts() == []
    gauge.show(1, web1=10)
    (alert,) = open_alerts()
    assert (alert.subject, alert.level, alert.worst) == ("web1", "unknown", None)
    gauge.broken = False
    gauge.show(3, web1=96)
    assert [alert.level for alert in open_alerts()] == ["critical"]
    gauge.show(6, web1=10)
    (alert,) = closed_alerts()
    assert story(alert) == ["opened", "escalated", "closed"]


def test_what_was_never_read_is_missed_too(gauge: Gauge) -> None:
    """N9: a measure that fails from the beginning has no subjects, but it has an alert."""
    gauge.broken = True
    gauge.show(6)
    (alert,) = open_alerts()
    assert (alert.measure, alert.subject, alert.level) == ("test.load", "", "unknown")
    gauge.broken = False
    gauge.show(1, web1=10)
    assert open_alerts() == []


def test_what_is_no_longer_measured_has_no_alert(gauge: Gauge) -> None:
    """N9: a machine that was taken down is forgotten."""
    gauge.show(3, web1=99, web2=99)
    gauge.show(1, web2=99)
    assert [alert.subject for alert in open_alerts()] == ["web2"]
    assert [(alert.subject, alert.end_reason) for alert in closed_alerts()] == [("web1", "gone")]
    with platform_transaction():
        assert [each.subject for each in Watched.objects.all()] == ["web2"]


def test_a_gap_in_the_figures_stays_a_gap(gauge: Gauge) -> None:
    """N9: no line is drawn through minutes in which nobody measured."""
    gauge.show(2, web1=10)
    gauge.now += timedelta(minutes=3)
    gauge.show(1, web1=20)
    course = series_of("test.load", "web1", START, gauge.now)
    assert [value for _at, value in course] == [10, 10, None, None, None, 20]
    assert series_of("test.load", "web2", START, gauge.now) == []
