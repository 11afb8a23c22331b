"""Reads of the promise as this installation makes it."""

from django.conf import settings

from retention.promise.arithmetic import DEFAULT_GRACE, Promise
from retention.promise.models import PromiseSetting


def promise_with(grace: int) -> Promise:
    """The promise with so many days of grace; the windows are those of this installation's settings."""
    return Promise(
        grace=grace,
        point_in_time=settings.POINT_IN_TIME_DAYS,
        key_deletion=settings.KEY_COPY_DAYS,
        lock_remainder=settings.BACKUP_LOCK_DAYS,
    )


def current_promise() -> Promise:
    """The promise that holds now."""
    setting = promise_setting()
    return promise_with(setting.grace if setting else DEFAULT_GRACE)


def promise_setting() -> PromiseSetting | None:
    """Who changed the days of grace, when and why; None while they are the default."""
    return PromiseSetting.objects.first()
