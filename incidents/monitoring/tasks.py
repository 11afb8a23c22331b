"""Jobs of monitoring, every minute (N9)."""

import logging
from dataclasses import replace

from django.db import DatabaseError
from django.utils import timezone

from auditlog.actors import Actor
from incidents.monitoring import journal, looking, services
from incidents.monitoring.catalogue import INSIDE, ProbeState
from incidents.monitoring.services import Sample
from incidents.monitoring.store import journal_store
from tenants.isolation.tasks import platform_task
from tenants.queries import provider_scope

logger = logging.getLogger(__name__)
_JOB = Actor.system("monitoring")


@platform_task
def look() -> None:
    """Look at everything whose turn it is. That this runs at all is the worker's sign of life.

    What is seen while the database is away is put on paper, and read in when it is back.
    """
    now = timezone.now()
    samples = [Sample("worker", ProbeState.UP, now), *looking.look(now)]
    try:
        with provider_scope():
            services.keep(samples, actor=_JOB)
    except DatabaseError:
        logger.warning("What the probes saw goes to the store: the database does not take it", exc_info=True)
        # That store is open to more people than the database: what an error says in full stays in our own log.
        journal.write(
            journal_store(), INSIDE, now, [replace(one, detail=one.detail.partition(":")[0]) for one in samples]
        )


@platform_task
def read_in() -> int:
    """Take in what was put on paper; returns how many looks. A look goes when it is kept: twice does no harm."""
    store = journal_store()
    read = 0
    for each in list(journal.written(store)):
        with provider_scope():
            services.keep(journal.samples_of(store, each), actor=_JOB)
        store.delete(each.name)
        read += 1
    return read
