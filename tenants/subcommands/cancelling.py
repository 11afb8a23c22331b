"""`tenant cancel` (T4): on behalf of a company."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError

from auditlog.actors import Actor
from retention.cancellation.models import Cancellation, Reason, Side
from retention.cancellation.queries import cancellation_of
from retention.cancellation.services import request_cancellation, withdraw_cancellation
from tenants.commands import SekishoCommand, tenant_of_code
from tenants.subcommands.subcommand import Subcommand


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="company code")
    deed = parser.add_mutually_exclusive_group(required=True)
    deed.add_argument("--on", metavar="DATE", type=date.fromisoformat, help="last day of use, as 2026-12-31")
    deed.add_argument("--withdraw", action="store_true", help="take the cancellation back")
    parser.add_argument("--reason", choices=Reason.values, default=Reason.OTHER)
    parser.add_argument("--comment", default="", help="who asked for it, when and how; the company reads it")


def _cancel(command: SekishoCommand, options: dict[str, Any]) -> None:
    tenant = tenant_of_code(options["code"])
    if options["withdraw"]:
        standing = cancellation_of(tenant.id)
        if standing is None:
            raise CommandError("There is no cancellation.")
        _show(command, options, withdraw_cancellation(standing.id, actor=Actor.command()))
        return
    cancellation = request_cancellation(
        tenant,
        last_day=options["on"],
        reason=Reason(options["reason"]),
        comment=options["comment"],
        typed_code=tenant.company_code,
        side=Side.PROVIDER,
        actor=Actor.command(),
    )
    _show(command, options, cancellation)


def _show(command: SekishoCommand, options: dict[str, Any], cancellation: Cancellation) -> None:
    dates = cancellation.dates
    figures = {
        "state": cancellation.state,
        "last_day": dates.last_day.isoformat(),
        "suspended_at": dates.suspended_at.isoformat(),
        "erase_at": dates.erase_at.isoformat(),
        "gone_by": dates.gone_by.isoformat(),
        "time_zone": dates.zone,
    }
    if options["json"]:
        command.print_json(figures)
    else:
        command.print_table("Cancellation", ("what", "when (UTC where it is a time)"), figures.items())


SUBCOMMANDS = (
    Subcommand("cancel", "cancel the contract of a tenant to the end of a day, or withdraw that", _arguments, _cancel),
)
