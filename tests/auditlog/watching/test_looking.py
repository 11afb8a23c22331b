"""Looking: nothing twice, nothing lost, nothing for nothing (G9)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import LOGIN_FAILED
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.services import record
from auditlog.watching import queries, tasks
from auditlog.watching.findings import MOST_KEYS
from auditlog.watching.models import FindingState, Place
from auditlog.watching.registry import rules
from auditlog.watching.watch import watch
from documents.actions import FILE_DOWNLOADED
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import actions_of
from tests.auditlog.sealing.conftest import wait_for_other_databases
from tests.auditlog.watching.conftest import TOKYO, at, found, look, rows, stored
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person, make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def fail(tenant: Tenant, user_id: str, times: int) -> None:
    """So many failed log-ins, in one transaction."""
    with tenant_transaction(tenant.id), at("192.0.2.1"):
        for _each in range(times):
            record(LOGIN_FAILED, actor=Actor.anyone(user_id), outcome=Outcome.FAILURE)


def download(person: Person, times: int) -> None:
    """So many downloads, in one transaction."""
    with tenant_transaction(person.tenant.id):
        for _each in range(times):
            record(FILE_DOWNLOADED, actor=person.actor)


def test_a_finding_grows(cast: Cast) -> None:
    """G9: one a day for the rule and the person, with the events behind it; what was explained is open again."""
    acme = cast.admin.tenant
    fail(acme, "erin", 10)
    look(acme)
    first = stored(acme)[0]
    with tenant_transaction(acme.id):
        first.state = FindingState.EXPLAINED
        first.save()
        assert list(queries.events_behind(first).values_list("action", flat=True)) == [LOGIN_FAILED.code] * 10
    fail(acme, "erin", 2)
    assert look(acme) == 1
    second = stored(acme)[0]
    assert (second.id, second.count, second.state) == (first.id, 12, FindingState.OPEN)
    assert second.first_at == first.first_at
    assert second.last_at > first.last_at
    with tenant_transaction(acme.id):
        assert set(second.events) == set(
            AuditEvent.objects.filter(action=LOGIN_FAILED.code).values_list("id", flat=True)
        )
    assert actions_of(acme).count("watching.finding.made") == 1


def test_another_day_is_another_finding(cast: Cast) -> None:
    """G9: in the days of the company."""
    acme, noon = cast.admin.tenant, datetime.now(UTC).replace(hour=3, minute=0)
    for days in (1, 2):
        with time_machine.travel(noon + timedelta(days=days)):
            fail(acme, "erin", 10)
            look(acme)
    assert [(noon + timedelta(days=days)).astimezone(TOKYO).date() for days in (1, 2)] == [
        each.day for each in stored(acme)
    ]


def test_looking_again_changes_nothing(cast: Cast) -> None:
    """G9: and if the place is lost, what was found is not counted again."""
    acme = cast.admin.tenant
    fail(acme, "erin", 11)
    look(acme)
    before = rows(acme)
    assert look(acme) == 0
    with tenant_transaction(acme.id):
        Place.objects.all().delete()
    assert look(acme) == 0
    assert rows(acme) == before


def test_a_look_that_is_killed_is_done_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """G9: what it found and how far it looked are one transaction."""
    acme = cast.admin.tenant
    fail(acme, "erin", 10)

    def die(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Place, "save", die)
        with pytest.raises(KeyboardInterrupt):
            look(acme)
    assert found(acme) == []
    look(acme)
    assert found(acme) == [("failures.guessing", "erin", 10)]


def test_a_late_commit_is_not_lost(cast: Cast) -> None:
    """G9: an event of a transaction that was open during a look comes in the next one."""
    acme = cast.admin.tenant
    with tenant_transaction(acme.id):
        record(LOGIN_FAILED, actor=Actor.anyone("erin"), outcome=Outcome.FAILURE)
        at_once(lambda: fail(acme, "erin", 9))
        at_once(lambda: _watch(acme))
    assert found(acme) == []
    assert look(acme) == 1
    assert found(acme) == [("failures.guessing", "erin", 10)]


def _watch(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        watch(zone=TOKYO)


@pytest.mark.parametrize("batch_size", [1, 3, 7, 100])
def test_batches_end_between_transactions(cast: Cast, batch_size: int) -> None:
    """G9: the same is found whatever fits into one transaction of ours, even one that is larger than a batch."""
    acme = cast.admin.tenant
    for times in (2, 5, 1, 4):
        fail(acme, "erin", times)
    wait_for_other_databases()
    with tenant_scope(acme.id):
        watch(zone=TOKYO, batch_size=batch_size)
    assert found(acme) == [("failures.guessing", "erin", 12)]


def test_what_is_very_much_is_counted_but_not_listed(cast: Cast) -> None:
    """G9: a finding keeps a thousand keys and counts on."""
    acme = cast.admin.tenant
    download(cast.editor, MOST_KEYS + 10)
    look(acme)
    download(cast.editor, 5)
    look(acme)
    finding = stored(acme)[0]
    assert (finding.count, len(finding.events)) == (MOST_KEYS + 15, MOST_KEYS)


def test_only_companies_with_something_new_are_looked_at(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """G9: ten thousand companies that sleep cost one query."""
    look(acme, globex, cast.operator.tenant)
    assert queries.tenants_with_new_events() == []
    fail(acme, "erin", 1)
    wait_for_other_databases()
    assert queries.tenants_with_new_events() == [acme.id]
    look(acme)
    assert queries.tenants_with_new_events() == []


def test_the_job_looks_at_them(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """G9: each in its own scope, by its own zone."""
    fail(acme, "erin", 10)
    fail(globex, "gina", 10)
    wait_for_other_databases()
    tasks.watch_every_tenant.delay()
    assert (found(acme), found(globex)) == (
        [("failures.guessing", "erin", 10)],
        [("failures.guessing", "gina", 10)],
    )


def test_a_database_in_another_cluster_counts_anew(cast: Cast) -> None:
    """G9: transactions that seem to be older than what was looked at are looked at."""
    acme = cast.admin.tenant
    fail(acme, "erin", 9)
    look(acme)
    with tenant_transaction(acme.id):
        Place.objects.update(next_transaction=2**60)
    fail(acme, "erin", 1)
    wait_for_other_databases()
    assert queries.tenants_with_new_events() == [acme.id]
    assert look(acme) == 1


@pytest.mark.parametrize("people", [1, 20])
def test_a_look_costs_the_same_for_many(cast: Cast, people: int) -> None:
    """G9: one number of queries, however many people are noticed by however many rules."""
    acme = cast.admin.tenant
    for number in range(people):
        person = make_person(acme, f"person{number}")
        fail(acme, person.user.user_id, 10)
        download(person, 100)
    wait_for_other_databases()
    with CaptureQueriesContext(connection) as captured, tenant_scope(acme.id):
        assert watch(zone=TOKYO) >= 2 * people
    assert len([each for each in captured if "SAVEPOINT" not in each["sql"]]) == 14


def test_every_action_that_a_rule_looks_at_exists() -> None:
    """G9: rules name the actions of apps above them by their codes."""
    from auditlog.actions import registered

    assert {action for rule in rules().values() for action in rule.actions} - set(registered()) == set()
