"""Runs: what they keep as evidence, what is held, and what happens when one dies (R5, R6)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import models
from django.db.models import Q

from accounts.people.models import FormerUserId
from auditlog.models import AuditEvent
from auditlog.sealing.keys import is_signed
from retention.expiry import removing, services
from retention.expiry.models import ExpiryRun, Line, RunState
from tenants.isolation import keeping
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from tests.retention.expiry.conftest import OLD, TABLES, expire, put, rows_of

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

FORMER = TABLES["people_formeruserid"]
PERIOD = timedelta(days=FORMER.days)


def line(run: ExpiryRun, table: str = FORMER.table) -> Line:
    """What a run says of a table."""
    return next(each for each in run.by_table if each.table == table)


def events_of(tenant: Tenant) -> list[AuditEvent]:
    """What the log of a company says of expiry, oldest first."""
    with tenant_transaction(tenant.id):
        return list(AuditEvent.objects.filter(action__startswith="retention.").order_by("id"))


class Held:
    """A keeper that holds one row of a company, or everything of it."""

    def __init__(self, tenant: Tenant, row: str = "") -> None:
        self.tenant_id, self.row = tenant.id, row

    def held_tenants(self, model: type[models.Model]) -> frozenset[UUID]:
        """Of every model."""
        return frozenset({self.tenant_id})

    def held_rows(self, model: type[models.Model], tenant_id: UUID) -> Q | None:
        """The one row."""
        if tenant_id != self.tenant_id:
            return None
        return Q(pk=self.row) if self.row else Q(pk__isnull=False)

    def is_held(self, tenant_id: UUID) -> bool:
        """The company is."""
        return tenant_id == self.tenant_id

    def held_contents(self, tenant_id: UUID, object_names: object) -> frozenset[str]:
        """None."""
        return frozenset()

    def put_aside(self, model: type[models.Model], going: Q) -> None:
        """Nothing goes by partition here."""


@pytest.fixture
def held(acme: Tenant) -> Iterator[str]:
    """A row of ACME that is past its period and held."""
    key = put(FORMER, acme, "held", PERIOD + OLD)
    keeper = Held(acme, key)
    keeping.register_keeper(keeper)
    yield key
    keeping.forget_keeper(keeper)


def test_what_the_law_holds_stays_and_is_counted(provider: Tenant, acme: Tenant, held: str) -> None:
    """R5: exactly that row; its neighbours go, and nobody is told that it is overdue."""
    put(FORMER, acme, "free", PERIOD + OLD)
    run = expire(provider)
    assert [json.loads(text)["id"] for text in rows_of(FORMER)] == [held]
    assert (line(run).due, line(run).removed, line(run).held, line(run).overdue) == (2, 1, 1, 0)


def test_a_run_is_signed_and_on_record(provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """R6: one event for the provider, one for the company whose rows went, with counts by class; none for others."""
    for seed in "abc":
        put(FORMER, acme, seed, PERIOD + OLD)
    run = expire(provider)
    (theirs,) = events_of(acme)
    assert (theirs.action, theirs.before) == ("retention.expired", {"rows": {"user IDs of removed users": 3}})
    (ours,) = events_of(provider)
    assert (ours.action, ours.after["removed"]) == ("retention.run.finished", 3)  # type: ignore[index]
    assert events_of(globex) == []
    assert run.state == RunState.FINISHED
    assert is_signed(run.statement, run.key_id, run.signature)  # type: ignore[arg-type]
    assert not is_signed(run.statement.replace('"removed":3', '"removed":2'), run.key_id, run.signature)  # type: ignore[arg-type]


class Killed(BaseException):
    """What no handler catches."""


def test_a_run_that_died_is_gone_on_with(
    provider: Tenant, acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: what was removed before it died is counted once, in the same run, and everything that went is on record."""
    monkeypatch.setattr(removing, "BATCH", 2)
    for seed in "abcde":
        put(FORMER, acme, seed, PERIOD + OLD)
    put(FORMER, globex, "other", PERIOD + OLD)
    rounds, whole = [], removing._round

    def dies(*args: object, **kwargs: object) -> object:
        rounds.append(1)
        if len(rounds) == 3:
            raise Killed
        return whole(*args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(removing, "_round", dies)
        with pytest.raises(Killed):
            expire(provider)
    left = len(rows_of(FORMER))
    assert 0 < left < 6
    run = expire(provider)
    assert rows_of(FORMER) == []
    assert (line(run).due, line(run).removed) == (6, 6)
    with tenant_transaction(acme.id):
        assert not FormerUserId.objects.exists()
    counted = [sum(event.before["rows"].values()) for event in events_of(acme)]  # type: ignore[index]
    assert counted == [2, 2, 1]
    assert services.statement_of(run) == run.statement


def test_one_table_that_fails_keeps_no_other_from_its_end(
    provider: Tenant, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: the run says which, and what is overdue of it."""
    imports = TABLES["people_userimport"]
    put(FORMER, acme, "a", PERIOD + OLD)
    put(imports, acme, "a", timedelta(days=imports.days) + OLD)
    whole = removing._remove

    def fails(each: object, *args: object) -> int:
        if each is not None and getattr(each, "table", "") == imports.table:
            raise OSError("no")
        return whole(each, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(removing, "_remove", fails)
    run = expire(provider)
    assert rows_of(FORMER) == []
    assert run.state == RunState.FAILED
    assert (line(run, imports.table).removed, line(run, imports.table).overdue) == (0, 1)
    assert line(run, imports.table).error == "OSError: no"
