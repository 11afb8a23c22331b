"""Whatever is declared to end with time does, and nothing else goes: every table by its own declaration (R6, G5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pytest_django import DjangoDbBlocker

from retention.expiry.models import ExpiryRun, Line
from tests import conftest
from tests.database.baseline import Baseline
from tests.deeds import unrecorded
from tests.retention.expiry.conftest import OLD, TABLES, YOUNG, as_owner, expire, put, rows_of

pytestmark = pytest.mark.xdist_group("expiry")


@dataclass(frozen=True)
class Outcome:
    """What all tables held before and after, from one state of the database."""

    old: dict[str, str]
    young: dict[str, str]
    tried: ExpiryRun
    done: ExpiryRun
    again: ExpiryRun
    left: dict[str, list[str]]
    after_try: dict[str, list[str]]
    before: dict[str, list[str]]
    others_before: dict[str, list[str]]
    others_after: dict[str, list[str]]


@pytest.fixture(scope="module")
def outcome(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Outcome]:
    """An old and a young row in every table of ACME, an old one of GLOBEX; a try, a run for ACME alone, two for all."""
    provider, acme, globex = (conftest._tenants[name] for name in ("provider", "acme", "globex"))
    mine = {name: each for name, each in TABLES.items() if each.by_company}
    with django_db_blocker.unblock():
        old, young = {}, {}
        partitions = _partitions()
        for name, each in TABLES.items():
            period = timedelta(days=each.days)
            old[name] = put(each, acme, "old", period + OLD)
            young[name] = put(each, acme, "young", period + YOUNG)
        for each in mine.values():
            put(each, globex, "old", timedelta(days=each.days) + OLD)
        before = {name: rows_of(each) for name, each in TABLES.items()}
        tried = expire(provider, dry_run=True)
        after_try = {name: rows_of(each) for name, each in TABLES.items()}
        others_before = {name: rows_of(each, globex) for name, each in mine.items()}
        expire(provider, tenant=acme)
        others_after = {name: rows_of(each, globex) for name, each in mine.items()}
        done = expire(provider)
        left = {name: rows_of(each) for name, each in TABLES.items()}
        again = expire(provider)
        assert not unrecorded, "; ".join(unrecorded)
        yield Outcome(old, young, tried, done, again, left, after_try, before, others_before, others_after)
        Baseline.current().restore()
        for name in _partitions() - partitions:
            as_owner(f"DROP TABLE {name}")


@pytest.mark.parametrize("table", TABLES)
def test_what_is_past_its_period_goes_and_nothing_younger(outcome: Outcome, table: str) -> None:
    """R6: by the declaration alone; a dry run counts them and removes none; another company's are as they were."""
    text = "\n".join(outcome.left[table])
    assert outcome.old[table] not in text
    assert outcome.young[table] in text
    assert set(outcome.before[table]) <= set(outcome.after_try[table])
    assert outcome.others_before.get(table) == outcome.others_after.get(table)
    assert _line(outcome.tried, table).removed == 0
    assert _line(outcome.tried, table).due >= 1
    assert _line(outcome.done, table).overdue == 0
    assert _line(outcome.done, table).error == ""
    assert _line(outcome.again, table).due == 0


def _partitions() -> set[str]:
    return {name for (name,) in as_owner("SELECT name FROM auditlog_partitions()")}


def _line(run: ExpiryRun, table: str) -> Line:
    return next(line for line in run.by_table if line.table == table)
