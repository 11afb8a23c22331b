"""What a tenant may still store (T7)."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from documents.queries import storage_used
from tenants.queries import current_tenant


@dataclass(frozen=True, slots=True)
class Allowance:
    """Bytes that one file may have, and bytes that are left for all."""

    file_bytes: int
    room: int


def allowance() -> Allowance:
    """The allowance of the tenant by its plan and what it stores already."""
    plan = current_tenant().plan
    return Allowance(plan.file_bytes, max(0, plan.storage_bytes - storage_used()))


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
