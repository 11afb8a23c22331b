"""Reads of data returns."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from documents.queries import storage_used
from retention.returning.models import OPEN_STATES, DataReturn, ReturnState

_SHOWN = 30


def newest_returns() -> "QuerySet[DataReturn]":
    """The last data returns of the company, newest first."""
    return DataReturn.objects.order_by("-asked_at", "-id")[:_SHOWN]


def find_return(key: UUID) -> DataReturn | None:
    """The data return of that key in this tenant."""
    return DataReturn.objects.filter(id=key).first()


def return_for_change(key: UUID) -> DataReturn | None:
    """The same, locked until the transaction ends."""
    return DataReturn.objects.select_for_update().filter(id=key).first()


def is_one_open() -> bool:
    """Whether one is waiting or being written."""
    return DataReturn.objects.filter(state__in=OPEN_STATES).exists()


def with_files() -> int:
    """How many have files that can be fetched."""
    return DataReturn.objects.filter(state=ReturnState.READY, expires_at__gt=timezone.now()).count()


def size_estimate() -> int:
    """About how many bytes a data return made now would have: the files are the most of it."""
    return storage_used()
