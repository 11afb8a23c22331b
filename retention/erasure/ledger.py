"""The ledger of erasures, outside the database: what must not come back, whatever is restored (R1).

    platform/erasures/<company>/<erasure>/planned.json     it was planned; `withdrawn.json`: it was taken back
    platform/erasures/<company>/<erasure>/begun.json       written before the first row goes
    platform/erasures/<company>/<erasure>/proven.json      what went, and that nothing is left

In the backup store and at the second site, each entry written once, under the lock of the store where it has one, and
signed. A ledger that names whom it erased would be a leak: ids, dates, counters and words out of fixed lists only.
"""

import base64
import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from retention.erasure.errors import LedgerDamaged
from vault.errors import ObjectExists, SignatureInvalid, StoreUnavailable
from vault.keys import Signature, key_store
from vault.stores import ObjectStore, backup_copy_store, backup_store

logger = logging.getLogger(__name__)

PREFIX = "platform/erasures/"
FORMAT = "sekisho-erasure-1"
PURPOSE = "erasure-ledger"
_WORD = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*\Z")
_KEY_ID = re.compile(r"[0-9a-f]{8}\Z")


class Phase(StrEnum):
    """What an entry says of an erasure."""

    PLANNED = "planned"
    WITHDRAWN = "withdrawn"
    BEGUN = "begun"
    PROVEN = "proven"


@dataclass(frozen=True, slots=True)
class Stays:
    """A class of what stays, by its code (`retention.erasure.holdbacks`): how many, and until when; None: for good."""

    code: str
    rows: int
    until: date | None

    def __post_init__(self) -> None:
        """Nothing but a word of ours, a number and a date."""
        _require(bool(_WORD.match(self.code)) and type(self.rows) is int and isinstance(self.until, date | None))

    @classmethod
    def of(cls, line: dict[str, Any]) -> Self:
        """A line of `Erasure.holdbacks`."""
        until = date.fromisoformat(line["until"]) if line["until"] else None
        return cls(f"{line['why']}.{line['place']}", line["rows"], until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `counts` are those of the erasure, flat: `tables.documents_document`, `stores.documents.objects`."""

    tenant_id: UUID
    erasure_id: UUID
    phase: Phase
    ground: str
    ground_id: UUID | None
    at: datetime
    begin_at: datetime
    due_at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    key_ids: tuple[str, ...] = ()
    stays: tuple[Stays, ...] = ()

    def __post_init__(self) -> None:
        """No free text can get in. Raises ValueError."""
        ids = (self.tenant_id, self.erasure_id, *((self.ground_id,) if self.ground_id else ()))
        _require(all(isinstance(one, UUID) for one in ids))
        _require(all(isinstance(one, datetime) and one.tzinfo for one in (self.at, self.begin_at, self.due_at)))
        _require(bool(_WORD.match(self.ground)) and isinstance(self.phase, Phase))
        _require(all(_WORD.match(name) and type(count) is int for name, count in self.counts.items()))
        _require(all(_KEY_ID.match(key) for key in self.key_ids) and all(isinstance(one, Stays) for one in self.stays))

    @property
    def name(self) -> str:
        """Its object in a store."""
        return f"{_folder(self.tenant_id)}{self.erasure_id}/{self.phase}.json"

    def written(self) -> str:
        """The text to sign."""
        return json.dumps(
            {
                "format": FORMAT,
                "tenant": str(self.tenant_id),
                "erasure": str(self.erasure_id),
                "phase": self.phase,
                "ground": self.ground,
                "ground_id": str(self.ground_id) if self.ground_id else None,
                "at": self.at.isoformat(),
                "begin_at": self.begin_at.isoformat(),
                "due_at": self.due_at.isoformat(),
                "counts": self.counts,
                "key_ids": list(self.key_ids),
                "stays": [[one.code, one.rows, one.until.isoformat() if one.until else None] for one in self.stays],
            },
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def read(cls, text: str) -> Self:
        """An entry out of its text. Raises ValueError, KeyError, TypeError for anything else."""
        found = json.loads(text)
        _require(found["format"] == FORMAT)
        return cls(
            tenant_id=UUID(found["tenant"]),
            erasure_id=UUID(found["erasure"]),
            phase=Phase(found["phase"]),
            ground=found["ground"],
            ground_id=UUID(found["ground_id"]) if found["ground_id"] else None,
            at=datetime.fromisoformat(found["at"]),
            begin_at=datetime.fromisoformat(found["begin_at"]),
            due_at=datetime.fromisoformat(found["due_at"]),
            counts=found["counts"],
            key_ids=tuple(found["key_ids"]),
            stays=tuple(
                Stays(code, rows, date.fromisoformat(day) if day else None) for code, rows, day in found["stays"]
            ),
        )


@dataclass(slots=True)
class Known:
    """What the ledger says of one company: every entry of every erasure of it, by its phase, the newest counts."""

    tenant_id: UUID
    entries: dict[Phase, Entry] = field(default_factory=dict)

    @property
    def is_erased(self) -> bool:
        """Whether rows of the company must not be there any more."""
        return Phase.BEGUN in self.entries

    @property
    def begun(self) -> Entry:
        """With what the erasure began."""
        return self.entries[Phase.BEGUN]

    @property
    def proven(self) -> Entry | None:
        """With what it ended, once it has."""
        return self.entries.get(Phase.PROVEN)


def write(entry: Entry) -> Entry:
    """Write an entry, once; done again it is the one that is there, which is returned.

    Raises StoreUnavailable when the first site does not take it; the second may follow (`bring_to_second_site`).
    """
    signature = key_store().signing.sign(PURPOSE, entry.written().encode())
    content = {
        "statement": entry.written(),
        "key_id": signature.key_id,
        "signature": base64.b64encode(signature.value).decode(),
    }
    with suppress(ObjectExists):
        backup_store().put(entry.name, json.dumps(content, indent=1).encode())
    there = read_entry(backup_store(), entry.name)
    try:
        bring_to_second_site(entry.tenant_id)
    except StoreUnavailable:
        logger.exception("The entry %s is not at the second site yet", entry.name)
    return there


def bring_to_second_site(tenant_id: UUID) -> None:
    """Copy what the second site lacks of a company's entries, if there is one. Raises StoreUnavailable."""
    target = backup_copy_store()
    if target is None:
        return
    there = {info.name for info in target.list(_folder(tenant_id))}
    for info in list(backup_store().list(_folder(tenant_id))):
        if info.name not in there:
            with backup_store().open(info.name) as reader, suppress(ObjectExists):
                target.put(info.name, reader.read())


def read_entry(store: ObjectStore, name: str) -> Entry:
    """One entry. Raises LedgerDamaged, ObjectMissing, StoreUnavailable."""
    with store.open(name) as reader:
        content = reader.read()
    try:
        found: dict[str, Any] = json.loads(content)
        signature = Signature(found["key_id"], base64.b64decode(found["signature"]))
        key_store().signing.verify(PURPOSE, found["statement"].encode(), signature)
        entry = Entry.read(found["statement"])
    except (ValueError, KeyError, TypeError, AttributeError, SignatureInvalid) as error:
        raise LedgerDamaged(name) from error
    if entry.name != name:
        raise LedgerDamaged(name)
    return entry


def entries(store: ObjectStore, tenant_id: UUID | None = None) -> Iterator[Entry]:
    """Every entry of a store, or those of one company; no database is asked. Raises LedgerDamaged, StoreUnavailable."""
    for info in list(store.list(_folder(tenant_id) if tenant_id else PREFIX)):
        yield read_entry(store, info.name)


def known(store: ObjectStore | None = None) -> dict[UUID, Known]:
    """What the ledger says, by company: out of that store, and out of every other site that answers.

    Raises LedgerDamaged, and StoreUnavailable when the store itself, or without one the first site, does not answer.
    """
    first = store or backup_store()
    found: dict[UUID, Known] = {}
    for entry in entries(first):
        _add(found, entry)
    for other in (backup_store(), backup_copy_store()):
        if other is not None and other is not first:
            try:
                for entry in entries(other):
                    _add(found, entry)
            except StoreUnavailable:
                logger.exception("One site of the erasure ledger does not answer")
    return found


def is_erased(tenant_id: UUID) -> bool:
    """Whether the erasure of a company has begun, as the first site says. Raises LedgerDamaged, StoreUnavailable."""
    return any(entry.phase is Phase.BEGUN for entry in entries(backup_store(), tenant_id))


def _add(found: dict[UUID, Known], entry: Entry) -> None:
    standing = found.setdefault(entry.tenant_id, Known(entry.tenant_id))
    standing.entries.setdefault(entry.phase, entry)


def _folder(tenant_id: UUID) -> str:
    return f"{PREFIX}{tenant_id}/"


def _require(held: bool) -> None:
    if not held:
        raise ValueError("The ledger takes ids, dates, counters and known words only.")
