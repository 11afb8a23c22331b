"""What an erasure did, in sections for people, in the language in use: for its page and its certificate (R1, R2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from retention.erasure.holdbacks import REASONS, Why
from tenants.isolation.assets import declared_assets

Counts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A table for people: `numbers` are the columns with numbers, `total` the last line, if there is one."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: tuple[int, ...] = ()
    total: Sequence[str] = ()
    note: str = ""


def sections_of(removed: dict[str, Counts], proof: Counts, stays: Sequence[Counts]) -> list[Section]:
    """What went, from tables and from stores; the proof; what stays."""
    return [
        _rows(removed.get("tables", {}), proof),
        _objects(removed.get("stores", {}), removed.get("memory", {}), proof),
        _proof(proof),
        _stays(stays),
    ]


def _rows(removed: dict[str, int], proof: Counts) -> Section:
    left: dict[str, int] = proof.get("tables", {})
    rows = [[_class_of(table), table, _number(count), _number(left.get(table, 0))] for table, count in removed.items()]
    return Section(
        title=_("Rows of the database"),
        note=_("Tables in which there was no row are left out here; they were looked at too."),
        headings=[_("Kind"), _("Table"), _("Erased"), _("Left")],
        rows=sorted(rows),
        numbers=(2, 3),
        total=[_("Sum"), "", _number(sum(removed.values())), _number(sum(left.values()))],
    )


def _objects(stores: dict[str, int], memory: dict[str, int], proof: Counts) -> Section:
    left: dict[str, dict[str, int]] = proof.get("stores", {})
    rows = [
        [
            name(),
            _number(stores[f"{place}.objects"]),
            _number(stores.get(f"{place}.bytes", 0)),
            _number(left.get(place, {}).get("objects", 0)),
        ]
        for place, name in _STORES.items()
        if f"{place}.objects" in stores
    ]
    in_memory = sum(proof.get("memory", {}).values())
    rows.append([_("Cache and queues"), _number(sum(memory.values())), "–", _number(in_memory)])
    headings = [_("Store"), _("Objects"), _("Bytes"), _("Left")]
    return Section(title=_("Objects of the stores"), headings=headings, rows=rows, numbers=(1, 2, 3))


def _proof(proof: Counts) -> Section:
    scan, decryption = proof.get("scan", {}), proof.get("decryption") or {}
    refused = _("There was no archive")
    if archive := decryption.get("archive"):
        refused = _("Archive %(id)s: refused, the keys are gone") % {"id": archive}
    rows = [
        [_("Declared tables counted again"), _number(len(proof.get("tables", {})))],
        [_("Raw search for the company's id and code: tables"), _number(scan.get("tables", 0))],
        [_("Raw search for the company's id and code: rows"), _number(scan.get("rows", 0))],
        [_("Places in which something was found that may not stay"), _number(len(proof.get("residue", [])))],
        [_("Decryption of the newest archive"), refused],
        [_("Keys in the key store"), _("There") if proof.get("keys", {}).get("left") else _("None")],
    ]
    if not proof.get("at"):
        rows = []
    return Section(title=_("Proof of absence"), headings=[_("Check"), _("Result")], rows=rows)


def _stays(stays: Sequence[Counts]) -> Section:
    rows = [
        [
            str(REASONS[Why(line["why"])]),
            capfirst(_(line["class"])),
            _number(line["rows"]),
            line["until"] or _("without limit"),
        ]
        for line in stays
    ]
    headings = [_("Why"), _("What"), _("Entries"), _("Until")]
    return Section(title=_("What stays"), headings=headings, rows=rows, numbers=(2,))


_STORES: dict[str, Callable[[], str]] = {
    "documents": lambda: _("Documents and files"),
    "backups": lambda: _("Backups"),
    "copies": lambda: _("Backups at the second site"),
}


# Places of what stays that are no tables (`retention.erasure.holdbacks`).
_OTHERS = (
    gettext_noop("provider's audit log"),
    gettext_noop("backups of the platform"),
    gettext_noop("erasure ledger"),
    gettext_noop("destroyed keys"),
    gettext_noop("locked backups"),
)


def _class_of(table: str) -> str:
    """The data class of a table, as the register names it; a table that is gone keeps its name."""
    asset = declared_assets().get(table)
    return capfirst(_(asset.data_class)) if asset else table


def _number(value: int) -> str:
    return f"{value:,}"
