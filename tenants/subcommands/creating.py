"""`tenant create` (T1, T3)."""

from argparse import ArgumentParser
from typing import Any

from auditlog.actors import Actor
from tenants.commands import SekishoCommand
from tenants.plans import PlanCode
from tenants.services import FirstUser, create_tenant
from tenants.subcommands.describing import described
from tenants.subcommands.subcommand import Subcommand


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="company code")
    parser.add_argument("--name", required=True, help="name of the organisation")
    parser.add_argument("--plan", choices=PlanCode.values, default=PlanCode.STANDARD)
    parser.add_argument("--admin-user-id", required=True)
    parser.add_argument("--admin-email", required=True)
    parser.add_argument("--admin-name", help="the administrator's name (default: the user ID)")


def _create(command: SekishoCommand, options: dict[str, Any]) -> None:
    admin = FirstUser(
        user_id=options["admin_user_id"],
        name=options["admin_name"] or options["admin_user_id"],
        email=options["admin_email"],
    )
    created = create_tenant(
        company_code=options["code"],
        name=options["name"],
        plan=PlanCode(options["plan"]),
        admin=admin,
        actor=Actor.command(),
    )
    if options["json"]:
        command.print_json({**described(created.tenant), "invitation": created.invitation})
        return
    command.console.print(f"Created tenant {created.tenant}.")
    command.console.print(f"{created.admin.name} sets a password here, once, within 72 hours:\n{created.invitation}")


SUBCOMMANDS = (
    Subcommand("create", "create a tenant and print its administrator's one-time link", _arguments, _create),
)
