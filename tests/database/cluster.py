"""Roles belong to the whole cluster, which workers and other people's runs share."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def changing_roles(*, commit: bool = True) -> Iterator[None]:
    """Hold while roles are changed. PostgreSQL fails the second of two changes of a role when the first one commits.

    Any number of transactions that will be rolled back may go on together.
    """
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / "roles.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if commit else fcntl.LOCK_SH)
        yield
