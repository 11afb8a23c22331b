"""`backup restore` (B6): beside, or in place."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import Subcommand, found, watched
from backups.recovery.inplace import restore_in_place
from backups.recovery.sometables import bring_back_rows
from backups.restoring import restore_archive
from tenants.commands import SekishoCommand
from tenants.models import Tenant


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", type=UUID, metavar="ID")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--as", dest="company_code", metavar="NEWCODE", help="as a new company with this company code")
    how.add_argument("--in-place", action="store_true", help="put the company itself back; it is closed meanwhile")
    how.add_argument("--tables", metavar="A,B", help="bring back rows of these tables that are missing now")
    parser.add_argument("--with-parents", action="store_true", help="with --tables: and the missing rows they refer to")
    parser.add_argument("--dry-run", action="store_true", help="with --tables: count, and change nothing")
    parser.add_argument("--name", default="", help="with --as: its name; without it the name in the backup")


def _restore(command: SekishoCommand, options: dict[str, Any]) -> None:
    if options["dry_run"] and not options["tables"]:
        raise CommandError("--dry-run goes with --tables.")
    if options["tables"]:
        _bring_back(command, options)
    elif options["in_place"]:
        _restore_in_place(command, options)
    else:
        _restore_beside(command, options)


def _restore_beside(command: SekishoCommand, options: dict[str, Any]) -> None:
    archive = found(options["id"])
    with watched(command, options, "restore") as progress:
        restored = restore_archive(
            archive,
            company_code=options["company_code"],
            name=options["name"],
            actor=Actor.command(),
            progress=progress,
        )
    if options["json"]:
        tenant: Tenant = restored.tenant
        command.print_json({"tenant_id": tenant.id, "company_code": tenant.company_code, "name": tenant.name,
                            "rows": restored.rows, "objects": restored.objects})  # fmt: skip
        return
    command.console.print(
        f"Restored {restored.rows} rows and {restored.objects} files as {restored.tenant}. "
        "Its users log in with their old passwords."
    )


def _restore_in_place(command: SekishoCommand, options: dict[str, Any]) -> None:
    archive = found(options["id"])
    with watched(command, options, "restore") as progress:
        restore = restore_in_place(archive, actor=Actor.command(), progress=progress)
    if options["json"]:
        command.print_json({"restore": restore.id, "tenant_id": restore.tenant_id, "rows": restore.rows,
                            "objects": restore.objects_count, "seconds": restore.seconds,
                            "safety_archive": restore.safety_archive_id, **restore.report})  # fmt: skip
        return
    command.console.print(
        f"The company is back at {restore.snapshot_at:%Y-%m-%d %H:%M} UTC: {restore.rows} rows, "
        f"{restore.objects_count} files, in {restore.seconds:.1f} seconds. What was there before is backup "
        f"{restore.safety_archive_id}, kept for some days besides the generations."
    )


def _bring_back(command: SekishoCommand, options: dict[str, Any]) -> None:
    with watched(command, options, "restore") as progress:
        restore = bring_back_rows(
            found(options["id"]),
            tables=[name.strip() for name in options["tables"].split(",")],
            with_parents=options["with_parents"],
            dry_run=options["dry_run"],
            actor=Actor.command(),
            progress=progress,
        )
    counts = restore.report["tables"]
    if options["json"]:
        command.print_json({"dry_run": options["dry_run"], "tables": counts, "objects": restore.objects_count})
        return
    title = "Would come back" if options["dry_run"] else "Brought back"
    rows = [(name, count["brought_back"], count["in_the_way"]) for name, count in counts.items()]
    command.print_table(title, ("table", "rows", "left out: an existing row is in the way"), rows)


SUBCOMMANDS = (
    Subcommand("restore", "restore a backup as a new company beside the old one, or in place", _arguments, _restore),
)
