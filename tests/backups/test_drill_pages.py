"""Drills on the operators' pages (B5). Who may open them is in tests/test_permission_matrix.py."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from auditlog.models import AuditEvent
from backups.drills.models import CheckCode, Kind
from backups.drills.queries import last_drill, rto_series
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.drills import make_drill

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

_LIST = "/operator/backups/drills/"


@pytest.fixture
def client(cast: Cast) -> Client:
    """The operator's browser."""
    return cast.operator.client()


def test_the_list_can_be_narrowed(cast: Cast, client: Client) -> None:
    """B5: by company and by outcome; an unknown company is told."""
    acme, globex = cast.admin.tenant, cast.outsider.tenant
    good = make_drill(acme, rows=1111)
    bad = make_drill(globex, rows=2222, sound=False, cause=CheckCode.FILES, error="a part of it is missing")
    for query, shown in (
        ({}, {good, bad}),
        ({"company": "acme"}, {good}),
        ({"outcome": "failed"}, {bad}),
        ({"company": "ACME", "outcome": "failed"}, set()),
    ):
        page = client.get(_LIST, query).content.decode()
        assert {drill for drill in (good, bad) if f"{_LIST}{drill.id}/" in page.partition("<table")[2]} == shown, query
    assert "No company has this code." in client.get(_LIST, {"company": "nobody"}).content.decode()


def test_one_drill_with_every_check(cast: Cast, client: Client) -> None:
    """B5: what was found is named."""
    checks = [{"code": "rows", "sound": True, "count": 12345, "error": "", "seconds": 0.5},
              {"code": "files", "sound": False, "count": 0, "error": "the file is broken", "seconds": 0.5}]  # fmt: skip
    drill = make_drill(cast.admin.tenant, sound=False, cause="files", error="the file is broken", checks=checks)
    page = client.get(f"{_LIST}{drill.id}/").content.decode()
    for expected in ("ACME", "12,345", "the file is broken", "Numbers of rows", str(drill.archive_id)):
        assert expected in page


def test_recovery_times_by_month(cast: Cast) -> None:
    """B6: median, 95th percentile and worst of twelve months, by kind; failed drills have no recovery time."""
    now = datetime(2026, 11, 15, tzinfo=UTC)
    for seconds in range(1, 22):
        make_drill(cast.admin.tenant, now - timedelta(days=1), seconds=float(seconds))
    make_drill(cast.admin.tenant, now - timedelta(days=40), seconds=50.0)
    make_drill(cast.admin.tenant, now - timedelta(days=1), seconds=999.0, sound=False)
    make_drill(cast.admin.tenant, now - timedelta(days=400), seconds=999.0)
    make_drill(cast.operator.tenant, now - timedelta(days=1), seconds=3600.0, kind=Kind.REBUILD)
    series = rto_series(now=now)
    assert (series.total.drills, series.total.worst) == (22, 50.0)
    (october, earlier), (november, later) = series.months
    assert (october.month, earlier.drills, earlier.median) == (10, 1, 50.0)
    assert (november.month, later.median, later.p95, later.worst) == (11, 11.0, 20.0, 21.0)
    assert rto_series(kind=Kind.REBUILD, now=now).total.median == 3600.0


def test_a_company_sees_its_own_only(cast: Cast) -> None:
    """T1: the wall of the table lets a company read its last drill, and no other's."""
    drill = make_drill(cast.admin.tenant)
    for person, expected in ((cast.admin, drill), (cast.outsider, None)):
        with tenant_transaction(person.tenant.id):
            assert last_drill() == expected


def test_the_button_needs_something_to_drill(cast: Cast, client: Client, settings: LazySettings) -> None:
    """B5: no verified backup, no server, no company: it is told, and nothing is queued or recorded."""
    for company, url, told in (
        ("acme", settings.DATABASE_SCRATCH_URL, "There is no verified backup yet."),
        ("acme", "", "Set DATABASE_SCRATCH_URL"),
        ("nobody", settings.DATABASE_SCRATCH_URL, "No company has this code."),
    ):
        settings.DATABASE_SCRATCH_URL = url
        answer = client.post(f"{_LIST}now/", {"company": company}, follow=True).content.decode()
        assert told in answer
    with tenant_transaction(cast.admin.tenant.id):
        assert not AuditEvent.objects.filter(action__startswith="backups.drill").exists()


def test_as_many_queries_for_many_drills(cast: Cast, client: Client) -> None:
    """Style 7.7: the list does not ask once a row."""
    counts = []
    for number in (1, 29):
        for minutes in range(number):
            make_drill(cast.admin.tenant, timezone.now() - timedelta(minutes=minutes))
        client.get(_LIST)
        with (
            CaptureQueriesContext(connections["platform"]) as platform,
            CaptureQueriesContext(connections["default"]) as default,
        ):
            assert client.get(_LIST).status_code == 200
        counts.append(len(platform) + len(default))
    assert counts[0] == counts[1]
