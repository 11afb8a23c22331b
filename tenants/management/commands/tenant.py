"""`manage.py tenant create|list`: the provider's tenants (T1, T3)."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError

from auditlog.actors import Actor
from tenants import queries
from tenants.commands import SekishoCommand, command_error
from tenants.models import Tenant
from tenants.plans import PlanCode
from tenants.services import FirstUser, create_tenant


class Command(SekishoCommand):
    """Create tenants and list them."""

    help = "Create a tenant, or list all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand a deed."""
        commands = parser.add_subparsers(dest="deed", required=True)
        create = commands.add_parser("create", help="create a tenant and print its administrator's one-time link")
        create.add_argument("code", metavar="CODE", help="company code")
        create.add_argument("--name", required=True, help="name of the organisation")
        create.add_argument("--plan", choices=PlanCode.values, default=PlanCode.STANDARD)
        create.add_argument("--admin-user-id", required=True)
        create.add_argument("--admin-email", required=True)
        create.add_argument("--admin-name", help="the administrator's name (default: the user ID)")
        super().add_arguments(create)
        super().add_arguments(commands.add_parser("list", help="list all tenants"))

    def handle(self, *args: Any, deed: str, **options: Any) -> None:
        """Run the deed."""
        self._create(options) if deed == "create" else self._list(as_json=options["json"])

    def _create(self, options: dict[str, Any]) -> None:
        admin = FirstUser(
            user_id=options["admin_user_id"],
            name=options["admin_name"] or options["admin_user_id"],
            email=options["admin_email"],
        )
        try:
            created = create_tenant(
                company_code=options["code"],
                name=options["name"],
                plan=PlanCode(options["plan"]),
                admin=admin,
                actor=Actor.command(),
            )
        except ValidationError as error:
            raise command_error(error) from error
        if options["json"]:
            self.print_json({**_described(created.tenant), "invitation": created.invitation})
            return
        self.console.print(f"Created tenant {created.tenant}.")
        self.console.print(f"{created.admin.name} sets a password here, once, within 72 hours:\n{created.invitation}")

    def _list(self, *, as_json: bool) -> None:
        tenants = queries.all_tenants()
        if as_json:
            self.print_json([_described(tenant) for tenant in tenants])
            return
        rows = [
            (
                t.company_code,
                t.name,
                t.plan_code,
                t.edition,
                t.state,
                "yes" if t.is_provider else "",
                t.created_at.date(),
            )
            for t in tenants
        ]
        self.print_table("Tenants", ("code", "name", "plan", "edition", "state", "provider", "created (UTC)"), rows)


def _described(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": tenant.id,
        "company_code": tenant.company_code,
        "name": tenant.name,
        "plan": tenant.plan_code,
        "edition": tenant.edition,
        "state": tenant.state,
        "is_provider": tenant.is_provider,
        "created_at": tenant.created_at.isoformat(),
    }
