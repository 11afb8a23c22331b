"""`backup run` (B1)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import FAILURES, Subcommand, figures, size, watched
from backups.models import State
from backups.services import back_up
from tenants.commands import SekishoCommand, chosen_tenants
from tenants.isolation.context import tenant_scope


def _arguments(parser: ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--tenant", metavar="CODE", help="one tenant, by its company code")
    whom.add_argument("--all", dest="all_tenants", action="store_true", help="every open tenant")


def _run(command: SekishoCommand, options: dict[str, Any]) -> None:
    results = []
    for tenant in chosen_tenants(options):
        result: dict[str, Any] = {"company_code": tenant.company_code}
        results.append(result)
        with tenant_scope(tenant.id), watched(command, options, tenant.company_code) as progress:
            try:
                done = back_up(actor=Actor.command(), progress=progress)
            except FAILURES as error:
                result |= {"state": "failed", "error": str(error)}
                continue
        result |= {**figures(done.archive), "removed": done.removed}
    if options["json"]:
        command.print_json(results)
    else:
        rows = [
            (r["company_code"], r.get("id"), r["state"], r.get("rows"), r.get("objects"), size(r), r["error"])
            for r in results
        ]
        command.print_table("Backups made", ("company", "id", "state", "rows", "files", "size", "error"), rows)
    if failed := [r["company_code"] for r in results if r["state"] != State.VERIFIED]:
        raise CommandError(f"No sound backup was made of {', '.join(failed)}.")


SUBCOMMANDS = (
    Subcommand("run", "back up one tenant or all, verify, and keep the generations of the plan", _arguments, _run),
)
