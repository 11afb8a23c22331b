"""The restorer: the one worker with the owner's rights, on a queue of its own (B6).

`celery -A config worker -Q restores --concurrency 1` with DATABASE_OWNER_URL set. Web, ordinary workers and scheduler
cannot become the owner of the tables; they put restores of whole companies into the queue, where they wait.
"""

import logging
from time import monotonic
from typing import Any

from celery.signals import celeryd_after_setup, heartbeat_sent
from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger(__name__)

QUEUE = "restores"
COMMAND = "celery -A config worker -Q restores --concurrency 1"
_KEY = "backups.restorer"
_SECONDS = 60
_EVERY = 15.0


class _Here:
    """What this process is, once it is a worker."""

    restores = False
    said = -_EVERY


def is_running() -> bool:
    """Whether some restorer gave a sign of life within the last minute."""
    return cache.get(_KEY) is not None


def note_alive() -> None:
    """Give a sign of life."""
    cache.set(_KEY, True, _SECONDS)


@celeryd_after_setup.connect
def require_owner(instance: Any, **_about: Any) -> None:
    """A worker that is to restore must be able to: it refuses to start otherwise, rather than fail each request."""
    _Here.restores = QUEUE in instance.app.amqp.queues.consume_from
    if _Here.restores and not settings.OWNER_CONFIGURED:
        logger.critical(
            "This worker is to take the queue `%s`, which restores whole companies as the owner of the tables. "
            "Set DATABASE_OWNER_URL for it and for no other program, or leave the queue out.",
            QUEUE,
        )
        raise SystemExit(78)  # EX_CONFIG


@heartbeat_sent.connect
def say_alive(**_about: Any) -> None:
    """With the heart of the worker, which beats while tasks run too."""
    if _Here.restores and monotonic() - _Here.said >= _EVERY:
        _Here.said = monotonic()
        note_alive()
