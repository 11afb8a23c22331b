"""System checks: a configuration that cannot keep the promise is an error (R1)."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS

from retention.promise.arithmetic import SHORTEST_GRACE, Promise
from retention.promise.queries import promise_with
from retention.promise.starting import stored_promise


@register
def windows_leave_room(**_options: Any) -> list[CheckMessage]:
    """promise.E001: the windows of the settings leave no days in which a company could take its data along."""
    return _complaint(promise_with(SHORTEST_GRACE), "promise.E001")


@register(Tags.database)
def promise_is_kept(databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """promise.E002 (`manage.py check --database default`): the days of grace as they are set do not fit."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    promise = stored_promise()
    return _complaint(promise, "promise.E002") if promise is not None else []


def _complaint(promise: Promise, code: str) -> list[CheckMessage]:
    if promise.holds:
        return []
    text = f"Erased companies would not be gone within {promise.limit} days: {promise.explained()}."
    hint = "Shorten POINT_IN_TIME_DAYS, KEY_COPY_DAYS or BACKUP_LOCK_DAYS (docs/leaving.md), or the days until erasure."
    return [Error(text, hint=hint, id=code)]
