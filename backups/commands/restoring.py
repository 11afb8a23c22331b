"""`backup restore` (B6)."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from auditlog.actors import Actor
from backups.commands.subcommand import Subcommand, found, watched
from backups.restoring import restore_archive
from tenants.commands import SekishoCommand
from tenants.models import Tenant


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", type=UUID, metavar="ID")
    parser.add_argument("--as", dest="company_code", required=True, metavar="NEWCODE", help="its company code")
    parser.add_argument("--name", default="", help="its name; without it the name in the backup")


def _restore(command: SekishoCommand, options: dict[str, Any]) -> None:
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


SUBCOMMANDS = (Subcommand("restore", "restore a backup as a new company beside the old one", _arguments, _restore),)
