"""No server starts over a database in which somebody is back whom the ledger calls erased (R1)."""

import logging
from typing import Any

from celery.signals import celeryd_after_setup
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from retention.erasure.replaying import unknown_here
from vault.errors import VaultError

logger = logging.getLogger(__name__)


def require_erased_stay_erased() -> None:
    """Raises ImproperlyConfigured when the database is older than an erasure.

    A store or a database that does not answer at the start decides nothing: restores ask again.
    """
    try:
        back = unknown_here()
    except (VaultError, DatabaseError):
        logger.warning("The erasure ledger could not be compared with the database", exc_info=True)
        return
    if back:
        raise ImproperlyConfigured(
            f"{len(back)} erased companies are back in this database. Run `manage.py retention erasure replay` as the "
            "owner of the tables first (docs/erasure.md); until then nothing is served."
        )


@celeryd_after_setup.connect
def require_of_workers(**_about: Any) -> None:
    """A worker would work on what must not be there."""
    try:
        require_erased_stay_erased()
    except ImproperlyConfigured as error:
        logger.critical("%s", error)
        raise SystemExit(78) from error  # EX_CONFIG
