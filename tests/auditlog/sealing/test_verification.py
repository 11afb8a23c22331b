"""The daily verification, its evidence, and who is told (G7)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.db import ProgrammingError, connection

from accounts.menus import ADMINISTRATOR, OPERATOR
from auditlog.actions import Kind
from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.sealing.findings import FindingKind
from auditlog.sealing.sealer import Sealed
from auditlog.verification import services, tasks
from auditlog.verification.models import RESULTS, Alarm, HeadCheck, VerificationRun
from tenants.isolation.context import current_tenant_id, tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.sealing.conftest import TABLE, as_owner
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

ACTOR = Actor.system("test")


def runs_of(tenant: Tenant) -> list[VerificationRun]:
    with tenant_transaction(tenant.id):
        return list(VerificationRun.objects.all())


def recorded(tenant: Tenant, action: str) -> list[AuditEvent]:
    with tenant_transaction(tenant.id):
        return list(AuditEvent.objects.filter(action=action))


def verify(tenant: Tenant) -> VerificationRun:
    with tenant_scope(tenant.id):
        return services.verify_today(actor=ACTOR)


def check_heads(provider: Tenant) -> HeadCheck:
    with tenant_scope(provider.id):
        return services.check_heads_today(actor=ACTOR)


@pytest.fixture
def operators(provider: Tenant) -> list[str]:
    """Two operators, and one who is none; the addresses of the former."""
    make_person(provider, "no-operator", ADMINISTRATOR)
    return sorted(make_person(provider, name, OPERATOR).user.email for name in ("olga", "otto"))


def test_the_verification_of_a_day_is_kept_once(acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: however often the job comes; with its figures, in the company's own log, and nobody else's."""
    write(acme, label="unsealed")
    first, second = verify(acme), verify(acme)
    assert first == second
    assert [(run.segments, run.events, run.unsealed, run.is_sound) for run in runs_of(acme)] == [(3, 9, 1, True)]
    assert runs_of(globex) == []
    (event,) = recorded(acme, "auditlog.verified")
    assert (event.after, event.target_id) == ({"segments": 3, "events": 9}, str(first.id))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=False):
        verify(acme)
    assert len(runs_of(acme)) == 2


def test_a_broken_log_is_an_event_of_kind_error(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: with the first broken place, which stays as evidence."""
    as_owner(f"DELETE FROM {TABLE} WHERE id = %s", [sealed_log[4].id])
    run = verify(acme)
    assert (run.is_sound, run.finding) == (False, FindingKind.EVENT_MISSING)
    assert str(sealed_log[4].id) in run.place
    (event,) = recorded(acme, "auditlog.broken")
    assert (event.kind, event.outcome) == (Kind.ERROR, "failure")
    assert event.after == {"finding": run.finding, "place": run.place}


def test_the_evidence_cannot_be_changed(acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: not by the application."""
    verify(acme)
    table = VerificationRun._meta.db_table
    for statement in (f"UPDATE {table} SET finding = ''", f"DELETE FROM {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), tenant_transaction(acme.id):
            connection.cursor().execute(statement)


def test_the_job_goes_to_every_company(
    provider: Tenant, acme: Tenant, globex: Tenant, sealed_log: list[AuditEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    """G7: a task for each, so that a company whose verification fails stops no other; not for one that was erased."""
    as_owner("UPDATE tenants_tenant SET state = 'erased' WHERE id = %s", [globex.id])
    queued: list[object] = []
    monkeypatch.setattr(tasks.verify_tenant_log, "delay", lambda: queued.append(current_tenant_id()))
    monkeypatch.setattr(tasks.check_heads, "delay", lambda: queued.append(("heads", current_tenant_id())))
    tasks.verify_every_tenant()
    assert sorted(queued, key=str) == sorted([provider.id, acme.id, ("heads", provider.id)], key=str)


def test_the_tasks_do_it(provider: Tenant, acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: as a worker runs them."""
    with tenant_scope(acme.id):
        tasks.verify_tenant_log()
    with tenant_scope(provider.id):
        tasks.check_heads()
    assert len(runs_of(acme)) == 1
    assert [(check.heads, check.is_sound) for check in HeadCheck.objects.using("owner")] == [(3, True)]
    assert len(recorded(provider, "auditlog.verified")) == 1


def test_broken_heads_are_kept(provider: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: once a day, in the provider's log."""
    as_owner("DELETE FROM sealing_head WHERE number = 2")
    first, second = check_heads(provider), check_heads(provider)
    assert first == second
    assert first.finding == FindingKind.HEAD_MISSING
    assert len(recorded(provider, "auditlog.broken")) == 1


def test_operators_are_told_once(
    provider: Tenant, acme: Tenant, sealed_log: list[AuditEvent], operators: list[str]
) -> None:
    """G7: of a broken log, with its company and the place."""
    assert tasks.raise_alarms() == 0
    as_owner(f"UPDATE {TABLE} SET outcome = 'denied' WHERE id = %s", [sealed_log[0].id])
    verify(acme)
    assert tasks.raise_alarms() == 1
    assert sorted(message.to[0] for message in mail.outbox) == operators
    assert "ACME" in mail.outbox[0].body
    assert str(sealed_log[0].id) in mail.outbox[0].body
    assert tasks.raise_alarms() == 0
    assert len(mail.outbox) == 2


def test_a_mail_that_cannot_be_sent_is_sent_later(
    acme: Tenant, sealed_log: list[AuditEvent], operators: list[str], settings: LazySettings
) -> None:
    """G7: the alarm stands until somebody was told."""
    as_owner("DELETE FROM sealing_leaves WHERE tenant_id = %s", [acme.id])
    verify(acme)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    with pytest.raises(SMTPServerDisconnected):
        tasks.raise_alarms()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert tasks.raise_alarms() == 1
    assert len(mail.outbox) == 2


def test_a_sealer_that_stands_still_is_told_once(
    provider: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed], operators: list[str]
) -> None:
    """G7: after 15 minutes, once for as long as it stands; the next time anew."""
    now = datetime.now(UTC)
    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        assert tasks.raise_alarms() == 0
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        assert tasks.raise_alarms() == 1
        check_heads(provider)  # says the same, and no mail comes of it
    with time_machine.travel(now + timedelta(minutes=60), tick=False):
        assert tasks.raise_alarms() == 0
        seal_all()
        assert tasks.raise_alarms() == 0
    with time_machine.travel(now + timedelta(minutes=80), tick=False):
        assert tasks.raise_alarms() == 1
    assert [message.to[0] for message in mail.outbox].count(operators[0]) == 2
    assert len(recorded(provider, "auditlog.sealer.stopped")) == 2
    assert Alarm.objects.using("owner").filter(told_at=None).count() == 0


def test_a_sealer_that_never_ran_is_told(provider: Tenant, operators: list[str]) -> None:
    """G7: an installation without a scheduler."""
    assert tasks.raise_alarms() == 1
    assert len(mail.outbox) == 2


def test_every_finding_has_a_name() -> None:
    """G7: for people who read the page."""
    assert set(RESULTS) == set(FindingKind)
