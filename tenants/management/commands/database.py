"""`manage.py database prepare`: the three roles and the database, made by somebody who may (DESIGN section 4)."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections

from tenants.commands import SekishoCommand
from tenants.isolation import roles

# Where the address with the password of each role is looked for, by alias.
_ROLES = {
    "default": (roles.APP, "DATABASE_URL"),
    "platform": (roles.PLATFORM, "DATABASE_PLATFORM_URL"),
    "owner": (roles.OWNER, "DATABASE_OWNER_URL"),
}
_ADMIN_URL = "DATABASE_ADMIN_URL"


class Command(SekishoCommand):
    """Makes the roles and the database, or brings them in line; then logs in as each role."""

    help = "Make the database roles and the database of this installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand."""
        prepare = parser.add_subparsers(dest="deed", required=True).add_parser(
            "prepare", help="make roles and database; safe to run again, before every update for instance"
        )
        prepare.add_argument(
            "--admin-url",
            metavar="URL",
            help="postgres://user:password@host:port/postgres of a superuser, or of a role with CREATEROLE, CREATEDB"
            f" and BYPASSRLS; without it {_ADMIN_URL} or {_ADMIN_URL}_FILE, which no list of processes shows",
        )
        super().add_arguments(prepare)

    def handle(self, *args: Any, admin_url: str | None, **options: Any) -> None:
        """Prepare, try, print."""
        passwords, database = _passwords(), str(settings.DATABASES["default"]["NAME"])
        try:
            made = roles.prepare(admin_url or _admin_url(), passwords, database=database)
        except psycopg.errors.InsufficientPrivilege as error:
            raise CommandError(
                f"The administrator may not do this: {error} A superuser may, or a role with CREATEROLE, CREATEDB and"
                " BYPASSRLS."
            ) from error
        except psycopg.Error as error:
            raise CommandError(f"The database server refused: {error}") from error
        for alias in _ROLES:
            _log_in(alias)
        if options["json"]:
            self.print_json({"database": database, "roles": list(passwords), "made": made})
            return
        for name in (*passwords, database):
            self.console.print(f"{name}: {'made' if name in made else 'brought in line'}")
        self.console.print("All three roles can log in. Next: manage.py migrate", style="green")


def _passwords() -> dict[str, str]:
    """The password of each role, out of the settings; raises CommandError when an address does not fit."""
    passwords, databases = {}, {str(settings.DATABASES[alias]["NAME"]) for alias in _ROLES}
    for alias, (role, variable) in _ROLES.items():
        address = settings.DATABASES[alias]
        if address["USER"] != role:
            raise CommandError(f"{variable} (or {variable}_FILE) must be set and name the user {role}.")
        if not address["PASSWORD"]:
            raise CommandError(f"{variable} holds no password for {role}.")
        passwords[role] = str(address["PASSWORD"])
    if len(databases) > 1:
        raise CommandError(f"The three addresses name different databases: {', '.join(sorted(databases))}.")
    return passwords


def _admin_url(environment: Mapping[str, str] = os.environ) -> str:
    if f"{_ADMIN_URL}_FILE" in environment:
        return Path(environment[f"{_ADMIN_URL}_FILE"]).read_text().strip()
    if _ADMIN_URL in environment:
        return environment[_ADMIN_URL]
    raise CommandError(f"Say who the administrator is: --admin-url, or {_ADMIN_URL} in the environment.")


def _log_in(alias: str) -> None:
    """Try the address that the product will use: it may lead through a pooler, or to another server."""
    try:
        with psycopg.connect(**connections[alias].get_connection_params()):
            pass
    except psycopg.Error as error:
        role, variable = _ROLES[alias]
        raise CommandError(f"{role} cannot log in by {variable}: {error}") from error
