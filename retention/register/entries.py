"""The lines of the register, from the declarations (R6)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from retention.register.words import period_words
from tenants.isolation.assets import Asset, Erasure, Ownership, Retention, declared_assets

OWNERSHIPS = {
    Ownership.CUSTOMER: _("Customer data"),
    Ownership.DERIVED: _("Derived from customer data"),
    Ownership.PROVIDER: _("Provider's data"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One class of data and what all its tables have in common; a class whose tables differ has several lines.

    `rows` is about how many there are now; None where nobody counted.
    """

    code: str
    ownership: Ownership
    retention: Retention
    erasure: str
    archived: bool
    returned: bool
    tables: tuple[str, ...]
    sealed: tuple[str, ...]
    rows: int | None = None

    @property
    def name(self) -> str:
        """The class, in the reader's language."""
        return capfirst(gettext(self.code))

    @property
    def whose(self) -> str:
        """Whose data it is, for people."""
        return str(OWNERSHIPS[self.ownership])

    @property
    def period(self) -> str:
        """How long it is kept, for people."""
        kept = self.retention
        if kept.words:
            return str(kept.words)
        if kept.days is not None:
            return period_words(kept.days)
        if kept.in_use:
            return gettext("As long as it is in use")
        return gettext("Until the contract ends") if kept.contract else gettext("Without limit")

    @property
    def ending(self) -> str:
        """How it ends, for people."""
        stays = self.erasure == Erasure.KEEP
        if self.retention.days is not None:
            if stays:
                return gettext("Removed when its period is over, also after the company's erasure")
            return gettext("Removed when its period is over, with the company's erasure at the latest")
        if self.retention.in_use:
            if stays:
                return gettext("Replaced or removed when it is no longer in use")
            return gettext("Removed when it is no longer in use, with the company's erasure at the latest")
        return gettext("Stays as evidence") if stays else gettext("Removed with the company's erasure")

    def figures(self) -> dict[str, Any]:
        """For machines."""
        return {
            "class": self.code,
            "ownership": self.ownership,
            "days": self.retention.days,
            "contract": self.retention.contract,
            "period": self.period,
            "erasure": self.erasure,
            "ending": self.ending,
            "rows": self.rows,
            "backed_up": self.archived,
            "returned": self.returned,
            "sealed": list(self.sealed),
            "tables": list(self.tables),
        }


def entries(counts: Mapping[str, int] | None = None) -> list[Entry]:
    """Every class, customers' first, then by name; with the numbers of rows of their tables where they were counted."""
    tables: dict[tuple[Any, ...], list[tuple[str, Asset]]] = defaultdict(list)
    for table, asset in sorted(declared_assets().items()):
        tables[_kind_of(asset)].append((table, asset))
    order = list(Ownership)
    listed = [_entry(of[0][1], of, counts) for of in tables.values()]
    return sorted(listed, key=lambda entry: (order.index(entry.ownership), entry.code, entry.tables))


def _entry(asset: Asset, of: Sequence[tuple[str, Asset]], counts: Mapping[str, int] | None) -> Entry:
    """The line of these tables, which have all else in common with the first of them."""
    return Entry(
        code=asset.data_class,
        ownership=asset.ownership,
        retention=asset.retention,
        erasure=str(asset.erasure),
        archived=asset.archived or asset.platform_archived,
        returned=asset.returned,
        tables=tuple(table for table, _asset in of),
        sealed=tuple(f"{table}.{column}" for table, each in of for column, _purpose in each.sealed),
        rows=None if counts is None else sum(counts.get(table, 0) for table, _asset in of),
    )


def entries_of_companies() -> list[Entry]:
    """What companies read of it: data of theirs and what is derived from it, each line once, by its name.

    No numbers: those of all companies are nobody's business, and what a sealed hold keeps would show in them.
    """
    own = [each for each in entries() if each.ownership is not Ownership.PROVIDER]
    alike = {_said_of(each): each for each in reversed(own)}
    return [each for each in own if alike[_said_of(each)] is each]


def _said_of(entry: Entry) -> tuple[Any, ...]:
    return entry.ownership, entry.name, entry.period, entry.ending, entry.returned, entry.archived


def _kind_of(asset: Asset) -> tuple[Any, ...]:
    backed_up = asset.archived or asset.platform_archived
    return asset.data_class, asset.ownership, asset.retention, str(asset.erasure), backed_up, asset.returned
