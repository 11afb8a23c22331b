"""What the provider's staff may do inside a company: the whole list, in one place (A14, ASVS 8.2.1).

Nothing is open that is not named here. A new page of the product is closed to staff until somebody adds it, and no
scope ever names what decides who gets in: users' credentials, roles, single sign-on, policies, staff access itself.
Files are read, never brought in or deleted: what a company keeps is the company's to add and to remove.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """How far an access goes."""

    READ = "read", _("Look only")
    REPAIR = "repair", _("Look and repair")


_SAFE_METHODS = frozenset({"GET", "HEAD"})
_LOOKING_MENUS = frozenset(
    {
        "documents",
        "counterparties",
        "console.users",
        "console.roles",
        "console.security",
        "console.sso",
        "console.audit",
        "console.backups",
    }
)
MENUS = {Scope.READ: _LOOKING_MENUS, Scope.REPAIR: _LOOKING_MENUS | {"documents.edit"}}

# Names of addresses. Whoever may look may open these, and send nothing to them.
LOOKING = frozenset(
    {
        "home",
        "data_location",
        "documents:list",
        "documents:search",
        "documents:folder",
        "documents:document",
        "documents:download",
        "documents:download_version",
        "documents:counterparties",
        "documents:counterparty",
        "console:users",
        "console:user",
        "console:roles",
        "console:role",
        "console:security",
        "console:sso",
        "console:sso_people",
        "console:audit",
        "console:audit_event",
        "console:audit_proof",
        "console:audit_verifier",
        "console:audit_keys",
        "console:watch",
        "console:watch_finding",
        "console:audit_target",
        "console:audit_user",
        "console:audit_volume",
        "console:backups",
    }
)
# Whoever may repair may also use these, in every way.
REPAIRING = frozenset(
    {
        "documents:new_folder",
        "documents:rename_folder",
        "documents:move_folder",
        "documents:rename_document",
        "documents:move_document",
        "documents:new_counterparty",
        "documents:counterparty",
        "documents:deactivate_counterparty",
        "documents:reactivate_counterparty",
    }
)


def allows(scope: str, address: str, method: str) -> bool:
    """Whether that scope opens the address of that name with that method. What the views demand comes on top."""
    if scope == Scope.REPAIR and address in REPAIRING:
        return True
    return address in LOOKING and method in _SAFE_METHODS
