"""`manage.py setup`: the provider and the first operator of a fresh installation, by a one-time link."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError

from auditlog.actors import Actor
from tenants.commands import SekishoCommand, command_error
from tenants.services import FirstUser, create_provider


class Command(SekishoCommand):
    """There is no account with a known password: the operator sets one by the link that this prints."""

    help = "Make the provider's own tenant and its first operator, and print the operator's one-time link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who the provider and the operator are."""
        super().add_arguments(parser)
        parser.add_argument("--company-code", required=True)
        parser.add_argument("--name", required=True, help="name of the provider")
        parser.add_argument("--operator-user-id", required=True)
        parser.add_argument("--operator-email", required=True)
        parser.add_argument("--operator-name", help="the operator's name (default: the user ID)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them and print the link."""
        operator = FirstUser(
            user_id=options["operator_user_id"],
            name=options["operator_name"] or options["operator_user_id"],
            email=options["operator_email"],
        )
        try:
            created = create_provider(
                company_code=options["company_code"], name=options["name"], operator=operator, actor=Actor.command()
            )
        except ValidationError as error:
            raise command_error(error) from error
        if options["json"]:
            self.print_json({"company_code": created.tenant.company_code, "invitation": created.invitation})
            return
        self.console.print(f"Created the provider {created.tenant}.")
        self.console.print(f"{created.admin.name} sets a password here, once, within 72 hours:\n{created.invitation}")
