"""`tenant delete` (T3): what it would take away, and the erasure that two operators decided on."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from auditlog.actors import Actor
from retention.deletion.services import refuse_unless_deletable
from retention.deletion.survey import survey
from retention.erasure.models import Ground
from retention.erasure.queries import erasure_of
from retention.erasure.services import run_erasure
from tenants.commands import SekishoCommand, command_error, tenant_of_code
from tenants.four_eyes import require_code
from tenants.models import Tenant
from tenants.subcommands.subcommand import Subcommand


def _arguments(parser: ArgumentParser) -> None:
    """A dry run unless the code is typed twice."""
    parser.add_argument("code", metavar="CODE", help="company code")
    parser.add_argument(
        "--confirm",
        metavar="CODE",
        help="carry out the deletion that two operators confirmed; without it nothing is changed",
    )


def _delete(command: SekishoCommand, options: dict[str, Any]) -> None:
    tenant = tenant_of_code(options["code"])
    if options["confirm"] is None:
        _show(command, tenant, as_json=options["json"])
        return
    try:
        require_code(tenant.company_code, options["confirm"])
    except ValidationError as error:
        raise command_error(error) from error
    _carry_out(command, tenant, as_json=options["json"])


def _show(command: SekishoCommand, tenant: Tenant, *, as_json: bool) -> None:
    try:
        refuse_unless_deletable(tenant)
    except ValidationError as error:
        raise command_error(error) from error
    found = survey(tenant)
    if as_json:
        command.print_json({"company_code": tenant.company_code, "dry_run": True, **found.as_json()})
        return
    command.print_table(f"Rows of {tenant}", ("what", "rows"), found.named_rows)
    stores = [(one.place, one.objects, one.size) for one in found.stores]
    command.print_table("Objects", ("store", "objects", "bytes"), stores)
    command.console.print(f"Keys: {', '.join(found.key_ids) or 'none'}. Legal hold: {'yes' if found.held else 'no'}.")
    command.console.print("Nothing was changed. Two operators decide on a deletion, on /operator/deletions/.")


def _carry_out(command: SekishoCommand, tenant: Tenant, *, as_json: bool) -> None:
    """Two people have to have decided: a shell cannot tell them apart, so it only does what they decided."""
    erasure = erasure_of(tenant.id)
    if erasure is None or erasure.ground != Ground.DELETION:
        raise CommandError("Two operators have to ask for and confirm this deletion first, on /operator/deletions/.")
    done = run_erasure(erasure.id, actor=Actor.command())
    if as_json:
        command.print_json(
            {"company_code": tenant.company_code, "erasure": done.id, "state": done.state, **done.counts}
        )
        return
    command.console.print(f"{tenant.company_code}: {done.state}. manage.py retention erasure list tells more.")


SUBCOMMANDS = (Subcommand("delete", "what the deletion of a tenant takes away; carry it out", _arguments, _delete),)
