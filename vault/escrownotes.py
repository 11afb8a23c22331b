"""What was done with escrow files, kept in the key store: it is known there also when the database is lost (P5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vault.errors import ObjectExists
from vault.records import Records
from vault.stores.interface import ObjectStore

FORMAT = "sekisho-escrow-note-1"
_ATTEMPTS = 5


class Deed(StrEnum):
    """What was done."""

    EXPORT = "export"
    DRILL = "drill"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Note:
    """One deed: when, with which root key, whether it proved that the file opens this key store."""

    deed: Deed
    at: datetime
    root_key: str
    sound: bool


def note(store: ObjectStore, deed: Deed, root_key: str, *, sound: bool) -> None:
    """Write a deed down. Raises StoreUnavailable."""
    records = Records(store, "escrow")
    for attempt in range(_ATTEMPTS):
        version = max((records.version(info) for info in records.listing()), default=0) + 1
        try:
            records.add(version, {"format": FORMAT, "deed": deed, "root_key": root_key, "sound": sound})
        except ObjectExists:  # another process in the same moment
            if attempt + 1 == _ATTEMPTS:
                raise
        else:
            return


def notes(store: ObjectStore) -> list[Note]:
    """All deeds, oldest first."""
    records = Records(store, "escrow")
    found = (records.read(info, FORMAT) for info in records.listing())
    return [
        Note(Deed(one["deed"]), datetime.fromisoformat(one["created"]), str(one["root_key"]), bool(one["sound"]))
        for one in found
    ]


def newest(store: ObjectStore, deed: Deed) -> Note | None:
    """The newest deed of a kind that went well."""
    return next((one for one in reversed(notes(store)) if one.deed is deed and one.sound), None)
