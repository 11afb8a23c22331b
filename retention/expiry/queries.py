"""Reads of runs and of what is wrong; as the platform role."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from retention.expiry.classes import expiring_tables
from retention.expiry.models import ExpiryRun, RetentionProblem, RunState
from tenants.isolation.transactions import platform_transaction

_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Ending:
    """A class of data that ends with time, by one of its tables. `words` are its period where one number is not."""

    table: str
    data_class: str
    days: int
    words: str


def endings() -> list[Ending]:
    """Everything that ends with time, the shortest period first."""
    listed = [
        Ending(each.table, each.asset.data_class, each.days, str(each.asset.retention.words))
        for each in expiring_tables()
    ]
    return sorted(listed, key=lambda one: (one.days, one.data_class, one.table))


def run_page(number: Any = 1) -> Page[ExpiryRun]:
    """One page of all runs, newest first; read in full."""
    with platform_transaction():
        page = Paginator(ExpiryRun.objects.defer("due_before", "lines", "statement"), _PER_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def find_run(run_id: UUID) -> ExpiryRun | None:
    """The run of an id."""
    with platform_transaction():
        return ExpiryRun.objects.filter(id=run_id).first()


def newest_run() -> ExpiryRun | None:
    """The newest run of everybody that came to its end and was no try."""
    with platform_transaction():
        whole = ExpiryRun.objects.filter(dry_run=False, tenant_id=None).exclude(state=RunState.RUNNING)
        return whole.order_by("-started_at").first()


def open_problems() -> list[RetentionProblem]:
    """What is wrong now, oldest first."""
    with platform_transaction():
        return list(RetentionProblem.objects.filter(ended_at=None).order_by("began_at", "id"))


def untold_problems() -> list[RetentionProblem]:
    """Of what operators have not been told."""
    return [one for one in open_problems() if one.told_at is None]
