"""`backup list` (B2)."""

from argparse import ArgumentParser
from typing import Any

from backups import queries
from backups.commands.subcommand import Subcommand, figures, size
from tenants.commands import SekishoCommand, tenant_of_code
from tenants.queries import all_tenants


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", metavar="CODE", help="of one tenant only")


def _list(command: SekishoCommand, options: dict[str, Any]) -> None:
    only = tenant_of_code(options["tenant"]) if options["tenant"] else None
    codes = {tenant.id: tenant.company_code for tenant in all_tenants()}
    archives = [a for a in queries.archives_of_everybody() if only is None or a.tenant_id == only.id]
    listed = [{"company_code": codes.get(a.tenant_id), **figures(a)} for a in archives]
    if options["json"]:
        command.print_json(listed)
        return
    rows = [
        (
            r["company_code"],
            r["id"],
            (r["snapshot_at"] or "")[:16].replace("T", " "),
            r["state"],
            r["rows"],
            r["objects"],
            size(r),
        )
        for r in listed
    ]
    command.print_table("Backups", ("company", "id", "as of (UTC)", "state", "rows", "files", "size"), rows)


SUBCOMMANDS = (Subcommand("list", "list the backups there are", _arguments, _list),)
