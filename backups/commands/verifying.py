"""`backup verify` (B5)."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import Subcommand, figures, found, watched
from backups.sites.services import verify_copy
from backups.verifying import verify_archive
from tenants.commands import SekishoCommand
from tenants.isolation.context import tenant_scope


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", type=UUID, metavar="ID")
    parser.add_argument("--site", choices=("first", "second"), default="first", help="where to read it (first)")


def _verify(command: SekishoCommand, options: dict[str, Any]) -> None:
    if options["site"] == "second":
        _verify_copy(command, options)
        return
    archive = found(options["id"])
    with tenant_scope(archive.tenant_id), watched(command, options, "verify") as progress:
        sound = verify_archive(archive, actor=Actor.command(), progress=progress)
    if options["json"]:
        command.print_json(figures(archive))
    elif sound:
        command.console.print(f"Backup {archive.id} is sound: {archive.row_count} rows, {archive.object_count} files.")
    if not sound:
        raise CommandError(f"Backup {archive.id} is damaged. {archive.error}")


def _verify_copy(command: SekishoCommand, options: dict[str, Any]) -> None:
    archive = found(options["id"])
    with tenant_scope(archive.tenant_id), watched(command, options, "verify") as progress:
        damage = verify_copy(archive, actor=Actor.command(), progress=progress)
    if options["json"]:
        command.print_json({"id": archive.id, "site": "second", "sound": not damage, "error": damage})
    elif not damage:
        command.console.print(f"Backup {archive.id} is sound at the second site.")
    if damage:
        raise CommandError(f"Backup {archive.id} is damaged at the second site. {damage}")


SUBCOMMANDS = (
    Subcommand("verify", "read every byte of a backup and compare it with its manifest", _arguments, _verify),
)
