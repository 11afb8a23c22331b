"""What operators see of probes, on a page and in a shell (N9)."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from auditlog.actors import Actor
from incidents.monitoring.catalogue import PROBES, ProbeState
from incidents.monitoring.services import Sample, keep
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

UP, DOWN = ProbeState.UP, ProbeState.DOWN


def see(provider: Tenant, *samples: Sample) -> None:
    """Keep what probes saw."""
    with tenant_scope(provider.id):
        keep(samples, actor=Actor.system("monitoring"))


def test_the_page_shows_every_probe_and_asks_no_more_for_many(cast: Cast, provider: Tenant) -> None:
    """N9: bars of a day with their words, what was found, and how to have a probe elsewhere while there is none."""
    client = cast.operator.client()
    now = timezone.now()
    see(provider, Sample("certificate", UP, now, 61.2), Sample("store", DOWN, now, None, "StoreUnavailable"))
    with CaptureQueriesContext(connections["platform"]) as few:
        page = client.get("/operator/monitoring/probes/").content.decode()
    assert "manage.py probe" in page
    assert page.count('<svg class="state-bar"') == 6 + 2
    assert "StoreUnavailable" in page
    assert "61 days" in page
    places = [f"place-{number}" for number in range(3)]
    see(provider, *(Sample(probe.code, UP, now, 0.01, place=place) for probe in PROBES for place in places))
    with CaptureQueriesContext(connections["platform"]) as many:
        page = client.get("/operator/monitoring/probes/").content.decode()
    assert "manage.py probe" not in page
    assert page.count('<svg class="state-bar"') == 6 + 2 + 33
    assert len(few) == len(many)


def test_the_command_looks_and_tells(provider: Tenant) -> None:
    """N9: exit code 1 while something is out of order; here nobody serves the log-in page."""
    out = StringIO()
    with pytest.raises(CommandError, match="Out of order: login_page"):
        call_command("monitor", "run", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert told["components"]["web"] == "down"
    assert {row["probe"]: row["state"] for row in told["probes"]}["database"] == "up"
    with pytest.raises(CommandError):
        call_command("monitor", "show", stdout=out)
    assert "login_page" in out.getvalue()
