"""`tenant show CODE` and `tenant change CODE` (T2, T5, T7, T10)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError
from django.template.defaultfilters import filesizeformat

from auditlog.actors import Actor
from tenants.commands import SekishoCommand, tenant_of_code
from tenants.contract.queries import Contract, contract_of, organisation_record
from tenants.contract.services import OPERATOR_FIELDS, change_edition, change_plan, change_time_zone
from tenants.models import Edition, Tenant
from tenants.plans import PlanCode
from tenants.subcommands.describing import described
from tenants.subcommands.subcommand import Subcommand


def _show_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="company code")


def _show(command: SekishoCommand, options: dict[str, Any]) -> None:
    found = _contract(tenant_of_code(options["code"]))
    if options["json"]:
        command.print_json(_contract_described(found))
        return
    tenant, use, record = found.tenant, found.use, organisation_record(found.tenant)
    rows = [
        ("plan", tenant.plan_code),
        ("edition", tenant.edition),
        ("state", tenant.state),
        ("time zone of month-ends", tenant.time_zone),
        ("users", f"{use.users.used} of {use.users.allowed}"),
        (
            "storage",
            " of ".join(filesizeformat(size).replace("\xa0", " ") for size in (use.storage.used, use.storage.allowed)),
        ),
        ("file size", filesizeformat(tenant.plan.file_bytes).replace("\xa0", " ")),
        ("generations", tenant.plan.generations),
        ("first user", f"{record.first_user_name} {record.first_user_email}".strip()),
        *((field.replace("_", " "), getattr(record, field)) for field in OPERATOR_FIELDS),
    ]
    command.print_table(str(tenant), ("what", "value"), rows)


def _change_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="company code")
    parser.add_argument("--plan", choices=PlanCode.values)
    parser.add_argument("--edition", choices=Edition.values)
    parser.add_argument("--time-zone", metavar="ZONE", help="in which the company's months end, such as Asia/Tokyo")


def _change(command: SekishoCommand, options: dict[str, Any]) -> None:
    if not any(options[name] for name in ("plan", "edition", "time_zone")):
        raise CommandError("Say what to change: --plan, --edition or --time-zone.", returncode=2)
    tenant, actor = tenant_of_code(options["code"]), Actor.command()
    if options["plan"]:
        change_plan(tenant.id, plan=PlanCode(options["plan"]), actor=actor)
    if options["edition"]:
        change_edition(tenant.id, edition=Edition(options["edition"]), actor=actor)
    if options["time_zone"]:
        change_time_zone(tenant.id, zone=options["time_zone"], actor=actor)
    _show(command, options)


def _contract(tenant: Tenant) -> Contract:
    found = contract_of(tenant.id)
    if found is None:  # pragma: no cover - tenants are never deleted
        raise CommandError("The tenant is gone.")
    return found


def _contract_described(found: Contract) -> dict[str, Any]:
    tenant, use, record = found.tenant, found.use, organisation_record(found.tenant)
    return described(tenant) | {
        "time_zone": tenant.time_zone,
        "users": {"used": use.users.used, "allowed": use.users.allowed},
        "storage_bytes": {"used": use.storage.used, "allowed": use.storage.allowed},
        "file_bytes": tenant.plan.file_bytes,
        "generations": tenant.plan.generations,
        "organisation": {
            field: getattr(record, field) for field in ("first_user_name", "first_user_email", *OPERATOR_FIELDS)
        },
    }


SUBCOMMANDS = (
    Subcommand("show", "show one contract: plan, use, edition, organisation record", _show_arguments, _show),
    Subcommand("change", "change plan, edition or time zone of a contract", _change_arguments, _change),
)
