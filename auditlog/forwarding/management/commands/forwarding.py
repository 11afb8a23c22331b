"""`manage.py forwarding show|run`: how the forwarding of audit logs does, and a run of it here and now (G2)."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from auditlog.actors import Actor
from auditlog.forwarding import queries
from auditlog.forwarding.sending import forward
from tenants.commands import SekishoCommand
from tenants.isolation.context import tenant_scope


class Command(SekishoCommand):
    """Look at all destinations, or send to those that are due."""

    help = "Show how the forwarding of audit logs does, or send to every destination that is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand a deed."""
        commands = parser.add_subparsers(dest="deed", required=True)
        for name, text in (("show", "every destination and its health"), ("run", "send what is due, as the job does")):
            super().add_arguments(commands.add_parser(name, help=text))

    def handle(self, *args: Any, deed: str, **options: Any) -> None:
        """Run the deed, then show the state."""
        if deed == "run":
            for tenant_id, key in queries.due(timezone.now()):
                with tenant_scope(tenant_id):
                    forward(key, actor=Actor.command())
        rows = [
            {
                "company": found.company_code,
                "kind": found.destination.kind,
                "state": found.destination.health.value,
                "trouble": found.destination.trouble,
                "failures": found.destination.failures,
                "delivered_at": found.destination.delivered_at,
                "waiting": found.destination.backlog,
            }
            for found in queries.everybodys()
        ]
        if options["json"]:
            self.print_json(rows)
        elif rows:
            self.print_table("Forwarding of audit logs", rows[0], (row.values() for row in rows))
        else:
            self.console.print("No company forwards its audit log.")
