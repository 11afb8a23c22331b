"""`keys destroy` (R1): what would be lost. Doing it takes two people, whom a shell cannot tell apart."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.template.defaultfilters import filesizeformat

from backups.commands.subcommand import Subcommand
from backups.destruction.effects import effect_on
from backups.destruction.queries import open_request
from backups.destruction.services import DESTROYABLE
from tenants.commands import SekishoCommand, tenant_of_code


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--dry-run", action="store_true", help="say what would become unreadable")


def _destroy(command: SekishoCommand, options: dict[str, Any]) -> None:
    tenant = tenant_of_code(options["code"])
    if not options["dry_run"]:
        raise CommandError(
            "Keys are destroyed by two operators on their pages (Encryption keys): one asks, another one confirms. "
            "A shell cannot tell them apart. Use --dry-run to see what would be lost."
        )
    effect, request = effect_on(tenant), open_request(tenant.id)
    destroyable = tenant.state in DESTROYABLE and not tenant.is_provider
    if options["json"]:
        figures = {**effect.as_json(), "destroyable": destroyable, "open_request": request.id if request else None}
        command.print_json({"tenant": tenant.company_code, **figures})
        return
    rows = [
        ("documents", f"{effect.documents:,} with {effect.versions:,} versions, {filesizeformat(effect.size)}"),
        ("backups", f"{effect.archives:,} ({effect.oldest or '-'} to {effect.newest or '-'})"),
        ("at the second site", f"{effect.copies:,}"),
        ("files of exports", f"{effect.exports:,}"),
        *((f"sealed: {name}", f"{count:,}") for name, count in effect.secret_kinds),
        ("keys", " ".join(effect.key_ids) or "none"),
        ("may be destroyed", "yes" if destroyable else "no: the company is in use"),
        (
            "open request",
            f"{request.asked_by_name}, lapses {request.answer_until:%Y-%m-%d %H:%M} UTC" if request else "-",
        ),
    ]
    command.print_table(f"{tenant.company_code}: unreadable without its keys", ("", ""), rows)


SUBCOMMANDS = (Subcommand("destroy", "what the destruction of a tenant's keys would do", _arguments, _destroy),)
