"""What can go wrong with a backup, each with its own name; the text is meant for people."""

# ruff: noqa: N818 - the names read as the statements they are: ArchiveUnknown, RestoreRefused

from enum import Enum
from uuid import UUID

from django.utils.translation import gettext as _


class BackupError(Exception):
    """A backup could not be made, checked or restored."""


class RunningAlready(BackupError):
    """Another process is at work on the backups of this tenant."""

    def __init__(self) -> None:
        super().__init__(_("Another backup of this tenant is running. Wait until it has ended."))


class NoSecondSite(BackupError):
    """There is one site for backups only."""

    def __init__(self) -> None:
        super().__init__(_("There is no second site for backups: set VAULT_BACKUP_COPY_STORE."))


class ArchiveUnknown(BackupError):
    """The catalogue has no archive of this id."""

    def __init__(self, archive_id: UUID | str) -> None:
        super().__init__(_("There is no backup %(id)s.") % {"id": archive_id})


class RestoreRefused(BackupError):
    """An archive is not restored, and nothing was changed."""


class Cause(Enum):
    """Why an archive is refused."""

    NO_MANIFEST = "the manifest is missing, so the archive was never finished"
    MALFORMED = "the manifest is not of a form that this product writes"
    SIGNATURE = "the signature is not ours, or not over this manifest"
    NEWER_FORMAT = "it was written in a newer format than this release reads"
    MISPLACED = "the manifest belongs to another tenant or another archive"
    REPLACED = "the manifest is not the one that the catalogue knows"
    PART_MISSING = "a part of it is missing"
    SIZE = "a part has another size than the manifest says"
    DIGEST = "a part has another digest than the manifest says"
    ROWS = "a table has another number of rows than the manifest says"
    CONTENT = "a part does not hold what the manifest says"
    UNREADABLE = "a part cannot be decrypted"


class ArchiveDamaged(BackupError):
    """An archive is not what was written. `part` names where, `cause` why."""

    def __init__(self, part: str, cause: Cause, detail: str = "") -> None:
        super().__init__(f"{part}: {cause.value}" + (f" ({detail})" if detail else ""))
        self.part = part
        self.cause = cause
