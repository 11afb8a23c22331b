"""No server and no worker starts with a promise that it cannot keep (R1)."""

import logging
from typing import Any

from celery.signals import celeryd_after_setup
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction

from retention.promise.arithmetic import Promise
from retention.promise.queries import current_promise
from tenants.isolation.context import tenant_scope

logger = logging.getLogger(__name__)


def stored_promise() -> Promise | None:
    """The promise that holds now; None while the database does not answer, or has no tables yet."""
    try:
        with tenant_scope(None), transaction.atomic():
            return current_promise()
    except DatabaseError:
        return None


def require_kept_promise() -> None:
    """Raises ImproperlyConfigured, with the sum, when the promise cannot be kept.

    A database that does not answer at the start decides nothing; the checks and the pages ask again.
    """
    promise = stored_promise()
    if promise is not None and not promise.holds:
        raise ImproperlyConfigured(
            f"Erased companies would not be gone within {promise.limit} days: {promise.explained()}. "
            "See docs/leaving.md; until then nothing is served."
        )


@celeryd_after_setup.connect
def require_of_workers(**_about: Any) -> None:
    """A worker would plan erasures that come too late."""
    try:
        require_kept_promise()
    except ImproperlyConfigured as error:
        logger.critical("%s", error)
        raise SystemExit(78) from error  # EX_CONFIG
