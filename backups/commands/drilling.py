"""`backup drill` (B5)."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import FAILURES, Subcommand, found, watched
from backups.drills.models import CheckCode, Drill
from backups.drills.rota import companies_due
from backups.drills.services import described, drill_company
from backups.models import Archive
from tenants.commands import SekishoCommand, tenant_of_code
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tenants.queries import all_tenants


def _arguments(parser: ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--tenant", metavar="CODE", help="the newest verified backup of one company")
    whom.add_argument("--archive", type=UUID, metavar="ID", help="one backup")
    whom.add_argument("--due", action="store_true", help="the companies whose turn it is today")


def _drill(command: SekishoCommand, options: dict[str, Any]) -> None:
    results: list[dict[str, Any]] = []
    for tenant, archive in _chosen(options):
        result: dict[str, Any] = {"company_code": tenant.company_code}
        results.append(result)
        with tenant_scope(tenant.id), watched(command, options, tenant.company_code) as progress:
            try:
                result |= _figures(drill_company(actor=Actor.command(), archive=archive, progress=progress))
            except FAILURES as error:
                result |= {"sound": None, "error": str(error)}
    if options["json"]:
        command.print_json(results)
    else:
        columns = ("company", "result", "RTO (s)", "rows", "rows/s", "files opened", "what was found")
        command.print_table("Restore drills", columns, map(_row, results))
    if wrong := [result["company_code"] for result in results if not result["sound"]]:
        raise CommandError(f"No sound restore drill of {', '.join(wrong)}.")


def _chosen(options: dict[str, Any]) -> Iterator[tuple[Tenant, Archive | None]]:
    if options["due"]:
        yield from ((tenant, None) for tenant in companies_due())
    elif options["tenant"]:
        yield tenant_of_code(options["tenant"]), None
    else:
        archive = found(options["archive"])
        yield next(tenant for tenant in all_tenants() if tenant.id == archive.tenant_id), archive


def _figures(drill: Drill) -> dict[str, Any]:
    return {
        "id": str(drill.id),
        "sound": drill.sound,
        **described(drill),
        "prepare_seconds": round(drill.prepare_seconds, 3),
        "load_seconds": round(drill.load_seconds, 3),
        "check_seconds": round(drill.check_seconds, 3),
        "rows_per_second": round(drill.rows_per_second),
        "checks": drill.checks,
    }


def _row(result: dict[str, Any]) -> tuple[object, ...]:
    if result["sound"] is None:
        return (result["company_code"], "not drilled", "", "", "", "", result["error"])
    wrong = f"{CheckCode(result['cause']).value}: {result['error']}" if result["cause"] else ""
    return (
        result["company_code"],
        "sound" if result["sound"] else "FAILED",
        f"{result['seconds']:.1f}",
        result["rows"],
        result["rows_per_second"],
        result["files_opened"],
        wrong,
    )


SUBCOMMANDS = (Subcommand("drill", "restore backups into a scratch database, check and measure", _arguments, _drill),)
