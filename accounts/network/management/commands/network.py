"""`manage.py network show|open|close`: the way back for a company, or the provider, that shut itself out (A4)."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.network import opening, queries
from auditlog.actors import Actor
from tenants.commands import SekishoCommand, command_error
from tenants.isolation.directory import Company, resolve_company
from tenants.isolation.transactions import tenant_transaction


class Command(SekishoCommand):
    """Look at a company's allowed networks, and open it to every address for a while."""

    help = "Show a company's allowed networks, open it to every address for a while, or end that."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand a deed."""
        commands = parser.add_subparsers(dest="deed", required=True)
        show = commands.add_parser("show", help="the list, and whether it is enforced")
        opened = commands.add_parser("open", help="let the company's people in from everywhere for a while")
        closed = commands.add_parser("close", help="end that before its time")
        for command in (show, opened, closed):
            command.add_argument("code", metavar="CODE", help="company code")
            super().add_arguments(command)
        bounds = f"{opening.SHORTEST_MINUTES} to {opening.LONGEST_MINUTES}"
        opened.add_argument("--minutes", type=int, default=60, help=f"for how long: {bounds} (default: 60)")
        opened.add_argument("--reason", required=True, help="who asked, how you know, the number of the inquiry")

    def handle(self, *args: Any, deed: str, code: str, **options: Any) -> None:
        """Run the deed, then show the state."""
        company = resolve_company(code)
        if company is None:
            raise CommandError(f"No company has the code {code}.")
        try:
            if deed == "open":
                opening.open_in_emergency(
                    company, minutes=options["minutes"], reason=options["reason"], actor=Actor.command()
                )
            elif deed == "close":
                with tenant_transaction(company.tenant_id):
                    opening.end_opening(actor=Actor.command())
        except ValidationError as error:
            raise command_error(error) from error
        self._show(company, as_json=options["json"])

    def _show(self, company: Company, *, as_json: bool) -> None:
        with tenant_transaction(company.tenant_id):
            policy, networks = queries.current_restriction(), list(queries.allowed_networks())
        if as_json:
            listed = [{"cidr": network.cidr, "name": network.name, "note": network.note} for network in networks]
            open_until = policy.open_until.isoformat() if policy.open_until and policy.is_open else None
            self.print_json({"restricted": policy.restricted, "open_until": open_until, "networks": listed})
            return
        self.print_table(company.name, ("network", "name", "note"), [(n.cidr, n.name, n.note) for n in networks])
        self.console.print("Only these networks get in." if policy.restricted else "Every address gets in.")
        if policy.is_open and policy.open_until:
            self.console.print(f"Opened in an emergency until {policy.open_until:%Y-%m-%d %H:%M} UTC.")
