"""`manage.py sso show|allow-passwords`: the way back for a company that single sign-on keeps out (A6)."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.sso import queries, recovery
from auditlog.actors import Actor
from tenants.commands import SekishoCommand, command_error
from tenants.isolation.directory import Company, resolve_company
from tenants.isolation.transactions import tenant_transaction


class Command(SekishoCommand):
    """Look whether a company requires single sign-on, and let passwords work again."""

    help = "Show whether a company requires single sign-on, or let its people in by password again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand a deed."""
        commands = parser.add_subparsers(dest="deed", required=True)
        show = commands.add_parser("show", help="the identity provider, and whether it is the only way in")
        allow = commands.add_parser("allow-passwords", help="let the company's people in by password again")
        for command in (show, allow):
            command.add_argument("code", metavar="CODE", help="company code")
            super().add_arguments(command)
        allow.add_argument("--reason", required=True, help="who asked, how you know, the number of the inquiry")

    def handle(self, *args: Any, deed: str, code: str, **options: Any) -> None:
        """Run the deed, then show the state."""
        company = resolve_company(code)
        if company is None:
            raise CommandError(f"No company has the code {code}.")
        if deed == "allow-passwords":
            try:
                recovery.switch_off_requirement(company, reason=options["reason"], actor=Actor.command())
            except ValidationError as error:
                raise command_error(error) from error
        self._show(company, as_json=options["json"])

    def _show(self, company: Company, *, as_json: bool) -> None:
        with tenant_transaction(company.tenant_id):
            connection = queries.connection_of_tenant()
        provider = connection.entity_id if connection else ""
        required = connection is not None and connection.enforced
        if as_json:
            self.print_json({"identity_provider": provider, "required": required})
            return
        self.console.print(f"{company.name}: {provider or 'no identity provider'}")
        self.console.print("Single sign-on is required." if required else "Passwords work.")
