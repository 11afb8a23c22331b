"""A measure whose figures a test sets, in place of all others."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from auditlog.actors import Actor
from incidents.alerts import registry
from incidents.alerts.judging import Limits
from incidents.alerts.looking import look
from incidents.alerts.registry import Measure, Reading, Readings, Unit
from tenants.isolation.context import platform_scope, tenant_scope
from tenants.models import Tenant

START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
ACTOR = Actor.system("alerts")


class AwayError(Exception):
    """What is asked does not answer."""


@dataclass
class Gauge:
    """The figures that the measure reads, by subject; None is one that cannot be read. It takes a look a minute."""

    provider: Tenant
    now: datetime = START
    readings: dict[str, Reading] = field(default_factory=dict)
    broken: bool = False

    def read(self, _now: datetime) -> Readings:
        """As the measure reads."""
        if self.broken:
            raise AwayError
        return self.readings

    def show(self, minutes: int = 1, **values: float | None) -> int:
        """These figures for so many minutes; returns how many readings were judged."""
        self.readings = {name: Reading(value, known=value is not None) for name, value in values.items()}
        judged = 0
        for _minute in range(minutes):
            judged += self.look()
            self.now += timedelta(minutes=1)
        return judged

    def look(self) -> int:
        """One look at the present minute."""
        with tenant_scope(self.provider.id), platform_scope():
            return look(self.now, actor=ACTOR)


@pytest.fixture
def gauge(provider: Tenant, monkeypatch: pytest.MonkeyPatch) -> Gauge:
    """Load in percent: a warning from 80 and critical from 95, each for 2 minutes, calm below 70."""
    gauge = Gauge(provider)
    limits = Limits(warning=80, critical=95, for_minutes=2, margin=10)
    load = Measure("test.load", "Load", "How busy it is", Unit.PERCENT, limits, gauge.read)  # type: ignore[arg-type]
    monkeypatch.setattr(registry, "_measures", {"test.load": load})
    return gauge
