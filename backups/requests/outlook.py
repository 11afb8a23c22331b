"""What somebody who deletes a file is told: whether, and until about when, it can be brought back (B6)."""

from dataclasses import dataclass
from datetime import datetime

from backups.requests import queries
from documents.models import Document, Folder


@dataclass(frozen=True, slots=True)
class Outlook:
    """The newest generation that has it, and until about when that is kept."""

    as_of: datetime
    until: datetime


def outlook_of(deleted: Document | Folder) -> Outlook | None:
    """Of a document or a folder that is there now; None while no generation has it."""
    newest = queries.generations().first()
    if newest is None or newest.snapshot_at is None:
        return None
    began = deleted.created_at if isinstance(deleted, Folder) else queries.first_version_at(deleted)
    if began is None or began > newest.snapshot_at:
        return None
    return Outlook(newest.snapshot_at, queries.kept_until(newest))
