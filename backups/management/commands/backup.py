"""`manage.py backup run|list|verify|restore|prune`: tenant archives from the shell (B1-B6)."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from django.core.management.base import CommandError
from django.db import DatabaseError, connections
from django.template.defaultfilters import filesizeformat
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from auditlog.actors import Actor
from backups import queries
from backups.catalogue import described
from backups.errors import ArchiveUnknown, BackupError
from backups.models import Archive, State
from backups.progress import Progress
from backups.restoring import restore_archive
from backups.services import back_up
from backups.verifying import verify_archive
from tenants.commands import SekishoCommand, chosen_tenants, tenant_of_code
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tenants.queries import all_tenants
from vault.errors import VaultError

_TABLE = "public.backups_archive"
_FAILURES = (BackupError, VaultError, DatabaseError, psycopg.Error)


class Command(SekishoCommand):
    """Make, list, check and restore the archives of tenants. Exit codes: 0 done, 1 failed or damaged, 2 wrong usage."""

    help = "Make, list, verify and restore the backups of tenants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand for each thing to do."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="run|list|verify|restore")
        run = self._subcommand(
            actions, "run", "back up one tenant or all, verify, and keep the generations of the plan"
        )
        whom = run.add_mutually_exclusive_group(required=True)
        whom.add_argument("--tenant", metavar="CODE", help="one tenant, by its company code")
        whom.add_argument("--all", dest="all_tenants", action="store_true", help="every open tenant")
        listed = self._subcommand(actions, "list", "list the backups there are")
        listed.add_argument("--tenant", metavar="CODE", help="of one tenant only")
        verify = self._subcommand(actions, "verify", "read every byte of a backup and compare it with its manifest")
        verify.add_argument("id", type=UUID, metavar="ID")
        restore = self._subcommand(actions, "restore", "restore a backup as a new company beside the old one")
        restore.add_argument("id", type=UUID, metavar="ID")
        restore.add_argument("--as", dest="company_code", required=True, metavar="NEWCODE", help="its company code")
        restore.add_argument("--name", default="", help="its name; without it the name in the backup")

    def _subcommand(self, actions: Any, name: str, text: str) -> ArgumentParser:
        parser: ArgumentParser = actions.add_parser(name, help=text, description=text)
        super().add_arguments(parser)
        return parser

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the subcommand."""
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "run": self._run,
            "list": self._list,
            "verify": self._verify,
            "restore": self._restore,
        }
        try:
            _require_tables()
            actions[options["action"]](options)
        except _FAILURES as error:
            raise CommandError(str(error)) from error

    def _run(self, options: dict[str, Any]) -> None:
        results = []
        for tenant in chosen_tenants(options):
            result: dict[str, Any] = {"company_code": tenant.company_code}
            results.append(result)
            with tenant_scope(tenant.id), self._watched(options, tenant.company_code) as progress:
                try:
                    done = back_up(actor=Actor.command(), progress=progress)
                except _FAILURES as error:
                    result |= {"state": "failed", "error": str(error)}
                    continue
            result |= {**_figures(done.archive), "removed": done.removed}
        if options["json"]:
            self.print_json(results)
        else:
            rows = [
                (r["company_code"], r.get("id"), r["state"], r.get("rows"), r.get("objects"), _size(r), r["error"])
                for r in results
            ]
            self.print_table("Backups made", ("company", "id", "state", "rows", "files", "size", "error"), rows)
        if failed := [r["company_code"] for r in results if r["state"] != State.VERIFIED]:
            raise CommandError(f"No sound backup was made of {', '.join(failed)}.")

    def _list(self, options: dict[str, Any]) -> None:
        only = tenant_of_code(options["tenant"]) if options["tenant"] else None
        codes = {tenant.id: tenant.company_code for tenant in all_tenants()}
        found = [a for a in queries.archives_of_everybody() if only is None or a.tenant_id == only.id]
        listed = [{"company_code": codes.get(a.tenant_id), **_figures(a)} for a in found]
        if options["json"]:
            self.print_json(listed)
            return
        rows = [
            (
                r["company_code"],
                r["id"],
                r["snapshot_at"],
                r["state"],
                r["rows"],
                r["objects"],
                _size(r),
            )
            for r in listed
        ]
        columns = ("company", "id", "as of (UTC)", "state", "rows", "files", "size")
        self.print_table("Backups", columns, rows)

    def _verify(self, options: dict[str, Any]) -> None:
        archive = _found(options["id"])
        with tenant_scope(archive.tenant_id), self._watched(options, "verify") as progress:
            sound = verify_archive(archive, actor=Actor.command(), progress=progress)
        if options["json"]:
            self.print_json(_figures(archive))
        elif sound:
            self.console.print(f"Backup {archive.id} is sound: {archive.row_count} rows, {archive.object_count} files.")
        if not sound:
            raise CommandError(f"Backup {archive.id} is damaged. {archive.error}")

    def _restore(self, options: dict[str, Any]) -> None:
        archive = _found(options["id"])
        with self._watched(options, "restore") as progress:
            restored = restore_archive(
                archive,
                company_code=options["company_code"],
                name=options["name"],
                actor=Actor.command(),
                progress=progress,
            )
        if options["json"]:
            tenant: Tenant = restored.tenant
            self.print_json({"tenant_id": tenant.id, "company_code": tenant.company_code, "name": tenant.name,
                             "rows": restored.rows, "objects": restored.objects})  # fmt: skip
            return
        self.console.print(
            f"Restored {restored.rows} rows and {restored.objects} files as {restored.tenant}. "
            "Its users log in with their old passwords."
        )

    @contextmanager
    def _watched(self, options: dict[str, Any], title: str) -> Iterator[Progress]:
        """A progress bar, on a terminal and for people only."""
        console = self.console
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with ProgressBar(
            *columns, console=console, transient=True, disable=options["json"] or not console.is_terminal
        ) as bar:
            task = bar.add_task(title, total=None)
            yield lambda stage, done, total: bar.update(
                task, description=f"{title}: {stage}", completed=done, total=total or None
            )


def _require_tables() -> None:
    with tenant_scope(None), connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [_TABLE])
        if cursor.fetchone()[0]:
            raise CommandError("This database is empty or older than this release. Run `manage.py migrate` first.")


def _found(archive_id: UUID) -> Archive:
    archive = queries.find_archive(archive_id)
    if archive is None:
        raise ArchiveUnknown(archive_id)
    return archive


def _figures(archive: Archive) -> dict[str, Any]:
    return {
        "id": str(archive.id),
        "state": archive.state,
        **described(archive),
        "verified_at": archive.verified_at.isoformat() if archive.verified_at else None,
        "error": archive.error,
    }


def _size(result: dict[str, Any]) -> str:
    return filesizeformat(result["bytes"]) if "bytes" in result else ""
