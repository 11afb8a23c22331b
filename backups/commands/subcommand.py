"""What every subcommand of `manage.py backup` is, and what they share."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from backups import queries
from backups.catalogue import described
from backups.errors import ArchiveUnknown, BackupError
from backups.models import Archive
from backups.progress import Progress
from tenants.commands import SekishoCommand
from vault.errors import VaultError

# What ends a subcommand with its message and exit code 1.
FAILURES = (BackupError, VaultError, DatabaseError, psycopg.Error)


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One thing to do. `run` gets the command, for its console and JSON, and the options; `--json` is always there.

    `needs_tables`: in an empty database there is nothing for it to do.
    """

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[SekishoCommand, dict[str, Any]], None]
    needs_tables: bool = True


@contextmanager
def watched(command: SekishoCommand, options: dict[str, Any], title: str) -> Iterator[Progress]:
    """A progress bar, on a terminal and for people only."""
    console = command.console
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with ProgressBar(
        *columns, console=console, transient=True, disable=options["json"] or not console.is_terminal
    ) as bar:
        task = bar.add_task(title, total=None)
        yield lambda stage, done, total: bar.update(
            task, description=f"{title}: {stage}", completed=done, total=total or None
        )


def found(archive_id: UUID) -> Archive:
    """The archive of an id. Raises ArchiveUnknown."""
    archive = queries.find_archive(archive_id)
    if archive is None:
        raise ArchiveUnknown(archive_id)
    return archive


def figures(archive: Archive) -> dict[str, Any]:
    """An archive for machines."""
    return {
        "id": str(archive.id),
        "state": archive.state,
        **described(archive),
        "verified_at": archive.verified_at.isoformat() if archive.verified_at else None,
        "error": archive.error,
    }


def size(result: dict[str, Any]) -> str:
    """The bytes of such figures for people."""
    return filesizeformat(result["bytes"]) if "bytes" in result else ""
