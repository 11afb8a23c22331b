"""What is kept elsewhere than in tables (R6)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backups.runs.platform import GENERATIONS
from backups.sites.places import Kept, where_kept
from retention.disclosure.models import PACKAGE_DAYS
from retention.register.entries import OWNERSHIPS
from retention.register.words import period_words
from retention.returning.models import FILE_DAYS
from tenants.isolation.assets import Ownership


@dataclass(frozen=True, slots=True)
class StoredAsset:
    """Something in a store that is no table: whose it is, how long it stays, how it ends, and in which place it is.

    `days` is the longest time it stays, instead of words. A `kept` of None is with the programs
    themselves, in no place that companies are told of.
    """

    code: str
    name: Promise
    ownership: Ownership
    ending: Promise
    words: Promise | str = ""
    days: int = 0
    kept: Kept | None = None

    @property
    def whose(self) -> str:
        """Whose data it is, for people."""
        return str(OWNERSHIPS[self.ownership])

    @property
    def period(self) -> str:
        """How long it is kept, for people."""
        if self.words:
            return str(self.words)
        return gettext("%(period)s at the most") % {"period": period_words(self.days)}

    @property
    def where(self) -> str:
        """In which place it is, for people; empty when that is not one that companies are told of."""
        return place_words(self.kept) if self.kept else ""

    def figures(self) -> dict[str, Any]:
        """For machines."""
        return {
            "class": self.code,
            "ownership": self.ownership,
            "period": self.period,
            "ending": self.ending,
            "place": self.kept.value if self.kept else "",
            "where": self.where,
        }


def place_words(kept: Kept) -> str:
    """The kind of a place and its region; empty when there is none, as of a second site."""
    for place in where_kept():
        if place.kept is kept:
            return gettext("%(kind)s, %(region)s") % {"kind": place.kind_label, "region": place.region_label}
    return ""


_CONTRACT = _("Until the contract ends")
_IN_USE = _("As long as it is in use")
_NO_LIMIT = _("Without limit")
_WITH_KEY = _("Deleted, and unreadable once the company's key is destroyed")
_BY_JOB = _("Deleted by a job, with the company's erasure at the latest")
_GENERATIONS = _("1, 7 or 30 generations, by the plan")


def stored_assets() -> list[StoredAsset]:
    """All of it that this installation has: without a second site, without its line."""
    listed = (*_of_companies(), *_of_the_provider())
    return [each for each in listed if each.kept is not Kept.COPIES or place_words(Kept.COPIES)]


def stored_of_companies() -> list[StoredAsset]:
    """What companies read of it: data of theirs and what is derived from it."""
    return [each for each in stored_assets() if each.ownership is not Ownership.PROVIDER]


def _of_companies() -> tuple[StoredAsset, ...]:
    customer, derived = Ownership.CUSTOMER, Ownership.DERIVED
    return (
        StoredAsset("documents", _("Contents of documents"), customer, _WITH_KEY, _CONTRACT, kept=Kept.DOCUMENTS),
        StoredAsset("made-files", _("Files of exports and data returns"), derived, _BY_JOB,
                    days=FILE_DAYS, kept=Kept.DOCUMENTS),
        StoredAsset("backups", _("Backups"), customer, _WITH_KEY, _GENERATIONS, kept=Kept.BACKUPS),
        StoredAsset("copies", _("Backups, second site"), customer, _WITH_KEY, _GENERATIONS, kept=Kept.COPIES),
        StoredAsset("point-in-time", _("Changes of the database (write-ahead log, point-in-time copies)"), customer,
                    _("Overwritten by age"), days=settings.POINT_IN_TIME_DAYS, kept=Kept.DATABASE),
        StoredAsset("memory", _("Queues and caches (Valkey)"), derived,
                    _("Expire by themselves, and are emptied with the company's erasure"), _("Some hours")),
    )  # fmt: skip


def _of_the_provider() -> tuple[StoredAsset, ...]:
    provider = Ownership.PROVIDER
    return (
        StoredAsset("platform-archives", _("Backups of the platform"), provider,
                    _("Deleted by the nightly run when there are newer ones"),
                    gettext("The newest %(count)d") % {"count": GENERATIONS}, kept=Kept.BACKUPS),
        StoredAsset("erasure-ledger", _("Ledger of erasures"), provider,
                    _("Stays, so that no restore brings an erased company back: ids, dates and numbers only"),
                    _NO_LIMIT, kept=Kept.BACKUPS),
        StoredAsset("disclosures", _("Packages of disclosures"), provider, _("Deleted by a job"),
                    days=PACKAGE_DAYS, kept=Kept.DOCUMENTS),
        StoredAsset("anchors", _("Signed heads of the audit log (anchor store)"), provider,
                    _("Stay: they hold no personal data"), _NO_LIMIT),
        StoredAsset("keys", _("Encryption keys of companies (key store)"), provider,
                    _("Destroyed with the company's erasure"), _CONTRACT, kept=Kept.KEYS),
        StoredAsset("key-copies", _("Copies of the key store"), provider,
                    _("Overwritten by age"), days=settings.KEY_COPY_DAYS),
        StoredAsset("root-key", _("Root key and its escrow"), provider,
                    _("Replaced by rotation; old escrows are destroyed by whoever keeps them"), _IN_USE),
        StoredAsset("logs", _("Lines of the programs' logs (standard error)"), provider,
                    _("By the rotation of the host; secrets are masked before"),
                    _("As long as whoever runs the host keeps them")),
    )  # fmt: skip
