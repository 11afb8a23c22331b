"""What a tenant may still store (T7)."""

import logging
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import F
from django.db.models.functions import Greatest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from documents.locks import lock_tree
from documents.models import StorageUse
from documents.queries import counted_storage, storage_used
from tenants.isolation.transactions import atomic
from tenants.queries import current_tenant

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Bytes that one file may have, and bytes that are left for all."""

    file_bytes: int
    room: int


def allowance() -> Allowance:
    """The allowance of the tenant by its plan and what it stores already."""
    plan = current_tenant().plan
    return Allowance(plan.file_bytes, max(0, plan.storage_bytes - storage_used()))


def note_storage(change: int) -> None:
    """Note that the versions have become so many bytes more, or less. Call behind `lock_tree()`, after the change."""
    if not StorageUse.objects.update(size=Greatest(F("size") + change, 0)):
        StorageUse(size=counted_storage()).save(force_insert=True)


@atomic()
def recount_storage() -> None:
    """Count anew, whatever was noted: the daily cure for rows that came or went past the services."""
    lock_tree()
    noted, counted = storage_used(), counted_storage()
    if noted != counted:
        logger.warning("The storage in use was noted as %d bytes and is %d.", noted, counted)
    if not StorageUse.objects.update(size=counted):
        StorageUse(size=counted).save(force_insert=True)


def file_limit() -> int:
    """Bytes that one file of the tenant may have."""
    return current_tenant().plan.file_bytes


def file_too_large(limit: int) -> ValidationError:
    """The complaint about a file that is larger than the plan allows."""
    return ValidationError(
        _("This file is larger than %(limit)s, the most that your plan allows for one file."),
        code="file_too_large",
        params={"limit": filesizeformat(limit)},
    )


def storage_full(room: int) -> ValidationError:
    """The complaint about more bytes than are left."""
    return ValidationError(
        _("Your storage has %(room)s left, which is not enough. Delete what you no longer need, or ask for more."),
        code="storage_full",
        params={"room": filesizeformat(room)},
    )
