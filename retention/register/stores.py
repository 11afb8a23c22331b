"""What is kept elsewhere than in tables (R6)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.isolation.assets import Ownership


@dataclass(frozen=True, slots=True)
class StoredAsset:
    """Something in a store that is no table: whose it is, for how long it stays, and how it ends."""

    name: Promise
    ownership: Ownership
    period: Promise
    ending: Promise


_CONTRACT = _("Until the contract ends")
_WITH_KEY = _("Deleted, and unreadable once the company's key is destroyed")

STORED_ASSETS = (
    StoredAsset(_("Contents of documents (document store)"), Ownership.CUSTOMER, _CONTRACT, _WITH_KEY),
    StoredAsset(_("Backups, at both sites (backup stores)"), Ownership.CUSTOMER,
                _("1, 7 or 30 generations, by the plan"), _WITH_KEY),
    StoredAsset(_("Encryption keys (key store)"), Ownership.PROVIDER, _CONTRACT,
                _("Destroyed with the company's erasure")),
    StoredAsset(_("Changes of the database (point-in-time copies)"), Ownership.CUSTOMER,
                _("7 days at the most"), _("Overwritten by age")),
    StoredAsset(_("Signed heads of the audit log (anchor store)"), Ownership.PROVIDER,
                _("Without limit"), _("Stay: they hold no personal data")),
    StoredAsset(_("Queues and caches (Valkey)"), Ownership.DERIVED, _("Some hours"), _("Expire by themselves")),
)  # fmt: skip
