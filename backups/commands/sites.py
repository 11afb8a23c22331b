"""`backup copy`, `backup doctor` (B3)."""

from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import CommandError
from django.template.defaultfilters import filesizeformat

from auditlog.actors import Actor
from backups.commands.subcommand import FAILURES, Subcommand, watched
from backups.sites.examining import examine, stores_to_examine
from backups.sites.models import StoreCheck, StoreName
from backups.sites.platform import copy_platform_archives
from backups.sites.services import Copied, copy_archives, second_site
from tenants.commands import SekishoCommand, chosen_tenants
from tenants.isolation.context import tenant_scope
from tenants.queries import provider_scope


def _arguments(parser: ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--tenant", metavar="CODE", help="one tenant, by its company code")
    whom.add_argument("--all", dest="all_tenants", action="store_true", help="every open tenant, and the platform")


def _copy(command: SekishoCommand, options: dict[str, Any]) -> None:
    second_site()  # one message, not one for each tenant
    results = []
    for tenant in chosen_tenants(options):
        with tenant_scope(tenant.id), watched(command, options, tenant.company_code) as progress:
            results.append({"company_code": tenant.company_code, **_copied(partial(copy_archives, progress=progress))})
    if options["all_tenants"]:
        with provider_scope():
            results.append({"company_code": "(platform)", **_copied(copy_platform_archives)})
    if options["json"]:
        command.print_json(results)
    else:
        rows = [
            (r["company_code"], len(r["archives"]), r["objects"], filesizeformat(r["bytes"]), r["removed"], r["error"])
            for r in results
        ]
        columns = ("company", "backups", "objects", "size", "removed", "error")
        command.print_table("Copied to the second site", columns, rows)
    if failed := [r["company_code"] for r in results if r["error"]]:
        raise CommandError(f"Not all backups could be copied of {', '.join(failed)}.")


def _copied(copying: Callable[..., Copied]) -> dict[str, Any]:
    try:
        done = copying(actor=Actor.command())
    except FAILURES as error:
        return {"archives": [], "objects": 0, "bytes": 0, "removed": 0, "error": str(error)}
    return {
        "archives": [str(key) for key in done.archives],
        "objects": done.objects,
        "bytes": done.bytes,
        "removed": done.removed,
        "error": " ".join(done.failed.values()),
    }


def _doctor_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--store", choices=StoreName.values, help="one store only")


def _doctor(command: SekishoCommand, options: dict[str, Any]) -> None:
    names = [StoreName(options["store"])] if options["store"] else list(stores_to_examine())
    if StoreName.COPIES in names:
        second_site()
    with provider_scope():
        checks = [examine(name, actor=Actor.command()) for name in names]
    if options["json"]:
        fields = ("store", "address", "server", "at", "sound", "checks")
        command.print_json([{field: getattr(check, field) for field in fields} for check in checks])
    else:
        for check in checks:
            _print_check(command, check)
    if unsound := [check.store for check in checks if not check.sound]:
        raise CommandError(f"Not to be relied upon: {', '.join(unsound)}.")


def _print_check(command: SekishoCommand, check: StoreCheck) -> None:
    verdicts = {(True, True): "yes", (True, False): "yes", (False, True): "NO", (False, False): "no (a weakness)"}
    rows = [
        (one["check"], one["expected"], one["observed"], verdicts[one["held"], one["essential"]])
        for one in check.checks
    ]
    title = f"{check.store}: {check.address} ({check.server or 'no answer'})"
    command.print_table(title, ("check", "expected", "observed", "holds"), rows)


SUBCOMMANDS = (
    Subcommand("copy", "bring verified backups to the second site", _arguments, _copy),
    Subcommand(
        "doctor", "try what the stores of backups really refuse, and keep it as evidence", _doctor_arguments, _doctor
    ),
)
