"""`manage.py invoice …`: issue what is missing, and list the ledger (T6)."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone

from auditlog.actors import Actor
from tenants.commands import SekishoCommand, command_error
from tenants.invoices import issuing, queries
from tenants.invoices.models import Invoice
from tenants.isolation.directory import normalize_code
from tenants.queries import tenant_by_code

_COLUMNS = ("number", "kind", "code", "month", "issued", "due", "without tax", "tax", "total (JPY)")


class Command(SekishoCommand):
    """The ledger of invoices. Exit codes: 0 done, 1 refused, 2 wrong usage."""

    help = "Issue the invoices that are missing, and list the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Those of each subcommand."""
        deeds = parser.add_subparsers(dest="deed", required=True, metavar="issue|list")
        issue = deeds.add_parser("issue", help="issue every invoice that is missing")
        issue.add_argument("--month", default="", metavar="YYYY-MM", help="of this month only")
        issue.add_argument("--dry-run", action="store_true", help="say what would be issued, and issue nothing")
        listed = deeds.add_parser("list", help="list the ledger, newest first")
        listed.add_argument("--tenant", default="", metavar="CODE", help="of this company only")
        for deed in (issue, listed):
            super().add_arguments(deed)

    def handle(self, *_args: Any, deed: str, **options: Any) -> None:
        """Run the subcommand."""
        try:
            (self._issue if deed == "issue" else self._list)(options)
        except ValidationError as error:
            raise command_error(error) from error

    def _issue(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        if not options["dry_run"]:
            self._show(issuing.issue_missing(now, actor=Actor.command(), wanted=options["month"]), options)
            return
        found = [
            {"code": one.tenant.company_code, "month": str(one.month), "net": sum(line["amount"] for line in one.lines)}
            for one in issuing.drafts(now, wanted=options["month"])
        ]
        if options["json"]:
            self.print_json(found)
        else:
            self.print_table(
                "Would be issued", ("code", "month", "without tax"), [tuple(one.values()) for one in found]
            )

    def _list(self, options: dict[str, Any]) -> None:
        conditions: dict[str, Any] = {}
        if options["tenant"]:
            tenant = tenant_by_code(normalize_code(options["tenant"]))
            if tenant is None:
                raise CommandError("No company has this code.")
            conditions["tenant_id"] = tenant.id
        self._show(queries.ledger(conditions), options)

    def _show(self, found: list[Invoice], options: dict[str, Any]) -> None:
        rows = [
            (
                *(one.number, one.kind, one.company_code, f"{one.period:%Y-%m}", str(one.issued_on)),
                *(str(one.due_on or ""), one.net, one.tax, one.signed_total),
            )
            for one in found
        ]
        if options["json"]:
            self.print_json([dict(zip(_COLUMNS, row, strict=True)) for row in rows])
        else:
            self.print_table("Invoices", _COLUMNS, rows)
