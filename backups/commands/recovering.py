"""`backup catalogue` and `backup rebuild` (B5, B6)."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from environ import Env

from auditlog.actors import Actor
from backups.commands.subcommand import Subcommand, watched
from backups.recovery.rebuilding import Rebuilt, rebuild
from backups.recovery.relisting import fill_catalogue
from tenants.commands import SekishoCommand
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from tenants.models import State
from tenants.queries import all_tenants
from vault.stores import ObjectStore, backup_copy_store, backup_store

_ALIASES = ("default", "platform", OWNER_ALIAS)


def _site_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="site", choices=["first", "second"], default="first", help="which copy of the backups"
    )


def _catalogue_arguments(parser: ArgumentParser) -> None:
    _site_option(parser)


def _rebuild_arguments(parser: ArgumentParser) -> None:
    _site_option(parser)
    parser.add_argument("--into", metavar="URL", help="the empty database as its owner; without it DATABASE_OWNER_URL")
    parser.add_argument(
        "--admin-url", metavar="URL", help="make roles and database first, as `database prepare --admin-url URL` does"
    )
    parser.add_argument("--archive", type=UUID, metavar="ID", help="a platform archive; without it the newest")


def _store(options: dict[str, Any]) -> ObjectStore:
    store = backup_store() if options["site"] == "first" else backup_copy_store()
    if store is None:
        raise CommandError("There is no second site: set VAULT_BACKUP_COPY_STORE.")
    return store


def _catalogue(command: SekishoCommand, options: dict[str, Any]) -> None:
    store, found = _store(options), []
    for tenant in all_tenants():
        if tenant.state == State.ERASED:
            continue
        with tenant_scope(tenant.id), watched(command, options, tenant.company_code) as progress:
            listed = fill_catalogue(store, actor=Actor.command(), progress=progress)
        found.append({"company_code": tenant.company_code, **asdict(listed)})
    if options["json"]:
        command.print_json(found)
    else:
        rows = [(one["company_code"], one["known"], one["added"], "; ".join(one["damaged"].values())) for one in found]
        command.print_table("Backups in the store", ("company", "known", "listed again", "damaged"), rows)
    if any(one["damaged"] for one in found):
        raise CommandError("Some backups in the store are damaged; they were not listed.")


def _rebuild(command: SekishoCommand, options: dict[str, Any]) -> None:
    if options["into"]:
        _point_at(options["into"])
    if options["admin_url"]:
        call_command("database", "prepare", admin_url=options["admin_url"], stdout=command.stderr)
    call_command("migrate", interactive=False, verbosity=0)
    with watched(command, options, "rebuild") as progress:
        done = rebuild(_store(options), actor=Actor.command(), archive_id=options["archive"], progress=progress)
    if options["json"]:
        command.print_json(done.as_json())
    else:
        _print(command, done)
    if done.findings:
        raise CommandError("The service is rebuilt, but: " + "; ".join(done.findings))


def _point_at(url: str) -> None:
    """Let the three roles work in the database of that address instead of the configured one."""
    target = Env.db_url_config(url)
    for alias in _ALIASES:
        connections[alias].close()
        place = {key: target[key] for key in ("NAME", "HOST", "PORT")}
        if alias == OWNER_ALIAS:
            place |= {key: target[key] for key in ("USER", "PASSWORD")}
        connections[alias].settings_dict |= place
        settings.DATABASES[alias] |= place


def _print(command: SekishoCommand, done: Rebuilt) -> None:
    rows = [
        (
            one["company_code"],
            one["archive"] or "none",
            (one.get("snapshot_at") or "")[:16].replace("T", " "),
            one.get("rows"),
            one.get("objects"),
            one.get("audit", ""),
            "older backup" if one.get("older") else "",
        )
        for one in done.companies
    ]
    columns = ("company", "backup", "as of (UTC)", "rows", "files", "audit log", "note")
    command.print_table("Rebuilt from backups", columns, rows)
    command.print_table("Seconds", ("step", "seconds"), done.seconds.items())
    command.console.print(
        f"The service is back at {done.snapshot_at:%Y-%m-%d %H:%M} UTC, after {sum(done.seconds.values()):.1f} seconds."
    )


SUBCOMMANDS = (
    Subcommand("catalogue", "fill the list of backups again from the backup store", _catalogue_arguments, _catalogue),
    Subcommand(
        "rebuild",
        "rebuild the whole service into an empty database, from the backups and the keys alone",
        _rebuild_arguments,
        _rebuild,
        needs_tables=False,
    ),
)
