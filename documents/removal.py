"""Removing stored contents that no version refers to any more: at once after a deletion, and by a daily sweep.

Everything here may run twice, late, or not to its end; a content that a version refers to is never removed, nor
one that is held (R5).
"""

import itertools
import logging
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import Target, record
from documents import queries
from documents.actions import OBJECTS_SWEPT
from documents.objects import object_path
from tenants.isolation.context import require_tenant_id
from tenants.isolation.keeping import held_contents
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic
from vault.errors import ObjectRetained
from vault.stores import document_store

logger = logging.getLogger(__name__)

# An upload stores its content first and commits its row afterwards. No upload takes this long.
SWEEP_AGE = timedelta(hours=24)
_BATCH = 500


def remove_on_commit(object_names: Iterable[str]) -> None:
    """Queue the removal of contents whose versions are being deleted in this transaction."""
    for batch in _batches(object_names):
        queue_on_commit("documents.tasks.remove_objects", batch)


def remove_unreferenced(object_names: Collection[str], *, fresh: bool = False) -> int:
    """Remove those of the contents that no version refers to and that are not held; how many.

    `fresh` ones were stored a moment ago, by whoever calls: no hold can know of them.
    Best called with no transaction open: a store may be slow.
    """
    with atomic():
        kept = queries.referenced(object_names)
    if not fresh:
        kept |= held_contents(require_tenant_id(), [name for name in object_names if name not in kept])
    removed = 0
    for name in object_names:
        if name not in kept:
            try:
                document_store().delete(object_path(name))
            except ObjectRetained:
                logger.warning("The store keeps %s although its document is deleted.", object_path(name))
            else:
                removed += 1
    return removed


def sweep() -> int:
    """Remove what interrupted uploads of the tenant left in the store a day ago or earlier; how many objects."""
    limit = timezone.now() - SWEEP_AGE
    prefix = object_path("x").removesuffix("x")
    old = (info.name.removeprefix(prefix) for info in document_store().list(prefix) if info.modified < limit)
    removed = sum(remove_unreferenced(batch) for batch in _batches(old))
    if removed:
        with atomic():
            record(OBJECTS_SWEPT, actor=Actor.system("documents"), target=Target("objects"), after={"count": removed})
    return removed


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(names)
    while batch := list(itertools.islice(remaining, _BATCH)):
        yield batch
