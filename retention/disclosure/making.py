"""Making the packages of approved disclosures, and taking them away after their days (R5).

A worker claims a disclosure under a run of its own. Killed anywhere, it leaves at most an object that no disclosure
names; the next run begins anew under another name, and the sweep takes the first.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from auditlog.actions import Outcome
from auditlog.actors import Actor
from retention.disclosure.actions import PACKAGE_FAILED, PACKAGE_MADE, PACKAGE_REMOVED
from retention.disclosure.models import PACKAGE_DAYS, Disclosure, DisclosureState
from retention.disclosure.packages import OBJECT_KIND, DigestWrong, object_path, write_package
from retention.disclosure.queries import runs_by_company
from retention.disclosure.services import note
from tenants.isolation.context import platform_scope, tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction
from vault.errors import ObjectRetained, VaultError
from vault.stores import document_store
from vault.streams import DecryptingReader, WrittenObject, read_object, write_object

_ORPHAN_AGE = timedelta(hours=24)

logger = logging.getLogger(__name__)


def make_package(disclosure_id: UUID, *, actor: Actor) -> bool:
    """Make the package; False when there is nothing to make, or it failed. With no transaction open."""
    disclosure = _claim(disclosure_id)
    if disclosure is None or disclosure.run is None:
        return False
    try:
        with platform_scope(False), tenant_scope(disclosure.tenant_id):
            writer = write_object(document_store(), disclosure.tenant_id, OBJECT_KIND, str(disclosure.run))
            with writer:
                counts = write_package(disclosure, writer)
    except (VaultError, DigestWrong) as error:
        logger.exception("The package of disclosure %s could not be made", disclosure.id)
        _fail(disclosure, str(error), actor=actor)
        return False
    return _finish(disclosure, writer.written, counts, actor=actor)


def open_package(disclosure: Disclosure) -> DecryptingReader:
    """The package, to be read forwards. Raises vault.errors.ObjectMissing, ObjectUnreadable, StoreUnavailable."""
    return read_object(document_store(), disclosure.tenant_id, OBJECT_KIND, str(disclosure.run))


def remove_package(disclosure_id: UUID, *, actor: Actor) -> None:
    """Take away a package whose days are over; the record of it stays. With no transaction open."""
    with platform_transaction():
        disclosure = Disclosure.objects.filter(id=disclosure_id, state=DisclosureState.READY).first()
    if disclosure is None or disclosure.run is None:
        return
    try:
        document_store().delete(object_path(disclosure.tenant_id, disclosure.run))
    except ObjectRetained:
        logger.warning("The store keeps the package of disclosure %s although its days are over", disclosure.id)
        return
    with platform_transaction():
        current = Disclosure.objects.select_for_update().get(id=disclosure_id)
        if current.state == DisclosureState.READY:
            current.state = DisclosureState.REMOVED
            current.save(update_fields=["state"])
            note(PACKAGE_REMOVED, current, actor=actor, after={"sha256": current.sha256}, told=False)


def remove_orphans() -> int:
    """Remove packages of a day ago or earlier that no disclosure names: a worker died; how many."""
    limit, removed = timezone.now() - _ORPHAN_AGE, 0
    for tenant_id, runs in runs_by_company().items():
        for info in list(document_store().list(f"{tenant_id}/{OBJECT_KIND}/")):
            if info.modified < limit and info.name.rpartition("/")[2] not in runs:
                document_store().delete(info.name)
                removed += 1
    return removed


def _claim(disclosure_id: UUID) -> Disclosure | None:
    """The disclosure under a new run of ours, None when nothing is to be made."""
    with platform_transaction():
        found = Disclosure.objects.select_for_update().filter(id=disclosure_id).first()
        if found is None or found.state != DisclosureState.APPROVED:
            return None
        found.run, found.begun_at = new_id(), timezone.now()
        found.save(update_fields=["run", "begun_at"])
        return found


def _finish(disclosure: Disclosure, written: WrittenObject, counts: dict[str, int], *, actor: Actor) -> bool:
    with platform_transaction():
        current = Disclosure.objects.select_for_update().get(id=disclosure.id)
        if current.run != disclosure.run or current.state != DisclosureState.APPROVED:
            return False  # somebody else began anew meanwhile
        current.state, current.ready_at = DisclosureState.READY, timezone.now()
        current.expires_at = current.ready_at + timedelta(days=PACKAGE_DAYS)
        current.size, current.sha256, current.counts = written.plain_size, written.plain_sha256, counts
        current.save()
        after = {"sha256": current.sha256, "size": current.size, "counts": counts}
        note(PACKAGE_MADE, current, actor=actor, after=after)
    return True


def _fail(disclosure: Disclosure, cause: str, *, actor: Actor) -> None:
    with platform_transaction():
        current = Disclosure.objects.select_for_update().get(id=disclosure.id)
        if current.run == disclosure.run and current.state == DisclosureState.APPROVED:
            current.state, current.error = DisclosureState.FAILED, cause[:300]
            current.save(update_fields=["state", "error"])
            after, outcome = {"cause": cause[:300]}, Outcome.FAILURE
            note(PACKAGE_FAILED, current, actor=actor, after=after, outcome=outcome, told=False)
