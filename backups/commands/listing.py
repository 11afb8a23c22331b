"""`backup list` (B2)."""

from argparse import ArgumentParser
from typing import Any

from backups.commands.subcommand import PLATFORM, Subcommand, every_archive, size, whose
from backups.models import Archive
from tenants.commands import SekishoCommand, tenant_of_code


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", metavar="CODE", help="of one tenant only")


def _list(command: SekishoCommand, options: dict[str, Any]) -> None:
    only = tenant_of_code(options["tenant"]) if options["tenant"] else None
    listed = whose(
        archive
        for archive in every_archive()
        if only is None or (isinstance(archive, Archive) and archive.tenant_id == only.id)
    )
    if options["json"]:
        command.print_json(listed)
        return
    rows = [
        (
            r["company_code"] or PLATFORM,
            r["id"],
            (r["snapshot_at"] or "")[:16].replace("T", " "),
            r["state"],
            r["rows"],
            r.get("objects"),
            size(r),
        )
        for r in listed
    ]
    command.print_table("Backups", ("company", "id", "as of (UTC)", "state", "rows", "files", "size"), rows)


SUBCOMMANDS = (Subcommand("list", "list the backups there are", _arguments, _list),)
