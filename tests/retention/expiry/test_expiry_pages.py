"""Runs on the operators' pages, and the watch that tells of what is overdue (R6)."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.translation import gettext

from auditlog.models import AuditEvent
from retention.expiry import tasks
from retention.expiry.models import ExpiryRun, RetentionProblem
from retention.expiry.queries import newest_run, open_problems
from tenants.isolation.assets import declared_assets
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.retention.expiry.conftest import OLD, TABLES, expire, put

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

_LIST = "/operator/retention/"


def _copies(run: ExpiryRun, number: int) -> None:
    with platform_transaction():
        for _ in range(number):
            copy = ExpiryRun(lines=run.lines, ordered_by="tests", state=run.state)
            copy.save(force_insert=True)


def _statements(client: object) -> int:
    with CaptureQueriesContext(connections["platform"]) as asked, CaptureQueriesContext(connections["default"]) as more:
        assert client.get(_LIST).status_code == 200  # type: ignore[attr-defined]
    return len(asked) + len(more)


def test_runs_are_listed_and_shown_by_table(cast: Cast) -> None:
    """R6: with as many statements for 30 runs as for one; the buttons order what they say."""
    put(TABLES["people_formeruserid"], cast.admin.tenant, "a", timedelta(days=180) + OLD)
    run = expire(cast.operator.tenant)
    client = cast.operator.client()
    client.get(_LIST)
    one = _statements(client)
    _copies(run, 29)
    assert _statements(client) <= one
    page = client.get(f"{_LIST}runs/{run.id}/").content.decode()
    assert "User IDs of removed users" in page
    assert "In order" in page
    runs = ExpiryRun.objects.using("owner").count()
    assert client.post(f"{_LIST}runs/try/").status_code == 302
    assert client.post(f"{_LIST}runs/now/").status_code == 302
    with tenant_transaction(cast.operator.tenant.id):
        ordered = AuditEvent.objects.filter(action="retention.run.ordered").order_by("id")
        assert [event.after["dry_run"] for event in ordered] == [True, False]  # type: ignore[index]
    assert ExpiryRun.objects.using("owner").count() >= runs


def test_what_is_overdue_is_told_once_and_closes_by_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6: a class whose rows should have gone, and a night without a run; one mail each, in the reader's language."""
    former = TABLES["people_formeruserid"]
    put(former, cast.admin.tenant, "a", timedelta(days=former.days) + OLD)
    with monkeypatch.context() as patch:
        patch.setattr("retention.expiry.removing._remove", lambda *_args: 0)
        expire(cast.operator.tenant)
    tasks.watch_expiry()
    tasks.watch_expiry()
    assert [(one.kind, one.about, one.detail) for one in open_problems()] == [("overdue", former.table, "1")]
    (told,) = mail.outbox
    assert told.to == [cast.operator.user.email]
    assert former.table in str(told.body)
    expire(cast.operator.tenant)
    tasks.watch_expiry()
    assert open_problems() == []
    newest = newest_run()
    assert newest is not None
    with time_machine.travel(newest.started_at + timedelta(hours=27), tick=False):
        tasks.watch_expiry()
        assert [one.kind for one in open_problems()] == ["late"]
    assert RetentionProblem.objects.using("owner").count() == 2
    assert timezone.now() > newest.started_at


def test_every_class_has_a_japanese_name() -> None:
    """R6: a declaration says its class by `gettext_noop`, so that the register speaks both languages."""
    with translation.override("ja"):
        assert [
            name for name in {each.data_class for each in declared_assets().values()} if gettext(name) == name
        ] == []
