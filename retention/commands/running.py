"""`retention run` (R6)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import Subcommand
from retention.expiry.errors import ExpiryRunning
from retention.expiry.models import ExpiryRun, RunState
from retention.expiry.services import run
from tenants.commands import SekishoCommand, tenant_of_code
from tenants.queries import provider_scope

_COLUMNS = ("table", "class", "days", "due", "removed", "held", "overdue", "oldest left", "s", "error")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="count only, remove nothing")
    parser.add_argument("--tenant", metavar="CODE", help="of one tenant only")


def _run(command: SekishoCommand, options: dict[str, Any]) -> None:
    tenant = tenant_of_code(options["tenant"]) if options["tenant"] else None
    try:
        with provider_scope():
            done = run(actor=Actor.command(), dry_run=options["dry_run"], tenant=tenant)
    except ExpiryRunning as error:
        raise CommandError(str(error)) from error
    _print(command, done, options)
    if done.state == RunState.FAILED or done.overdue:
        raise CommandError("Rows that are past their period are left.")


def _print(command: SekishoCommand, done: ExpiryRun, options: dict[str, Any]) -> None:
    figures = {"due": done.due, "removed": done.removed, "held": done.held, "overdue": done.overdue}
    if options["json"]:
        command.print_json(
            {"id": str(done.id), "dry_run": done.dry_run, "state": done.state, **figures, "tables": done.lines}
        )
        return
    rows = [
        (
            each.table,
            each.data_class,
            each.days,
            each.due,
            each.removed,
            each.held,
            each.overdue,
            each.oldest[:16].replace("T", " "),
            each.seconds,
            each.error,
        )
        for each in done.by_table
    ]
    command.print_table("Dry run: nothing was removed" if done.dry_run else "Expired rows", _COLUMNS, rows)


SUBCOMMANDS = (Subcommand("run", "remove what is past its declared period, or only count it", _arguments, _run),)
