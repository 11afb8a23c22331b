"""`manage.py database prepare`: the three roles and the database, made by somebody who may (DESIGN section 4).

`database prepare-scratch`: on the server of DATABASE_SCRATCH_URL, what restore drills need there (B5).
"""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import environ
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
        """Two subcommands."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        for deed, text in (
            ("prepare", "make roles and database; safe to run again, before every update for instance"),
            ("prepare-scratch", "make the role that restore drills work as, on the server of DATABASE_SCRATCH_URL"),
        ):
            action = deeds.add_parser(deed, help=text)
            action.add_argument(
                "--admin-url",
                metavar="URL",
                help="postgres://user:password@host:port/postgres of a superuser, or of a role with CREATEROLE,"
                f" CREATEDB and BYPASSRLS; without it {_ADMIN_URL} or {_ADMIN_URL}_FILE, which no list of processes"
                " shows",
            )
            super().add_arguments(action)

    def handle(self, *args: Any, deed: str, admin_url: str | None, **options: Any) -> None:
        """Run the deed."""
        try:
            if deed == "prepare":
                self._prepare(admin_url or _admin_url(), as_json=options["json"])
            else:
                self._prepare_scratch(admin_url or _admin_url(), as_json=options["json"])
        except psycopg.errors.InsufficientPrivilege as error:
            raise CommandError(
                f"The administrator may not do this: {error} A superuser may, or a role with CREATEROLE, CREATEDB and"
                " BYPASSRLS."
            ) from error
        except psycopg.Error as error:
            raise CommandError(f"The database server refused: {error}") from error

    def _prepare(self, admin_url: str, *, as_json: bool) -> None:
        """Prepare, try, print."""
        passwords, database = _passwords(), str(settings.DATABASES["default"]["NAME"])
        made = roles.prepare(admin_url, passwords, database=database)
        for alias in _ROLES:
            _log_in(alias)
        if as_json:
            self.print_json({"database": database, "roles": list(passwords), "made": made})
            return
        for name in (*passwords, database):
            self.console.print(f"{name}: {'made' if name in made else 'brought in line'}")
        self.console.print("All three roles can log in. Next: manage.py migrate", style="green")

    def _prepare_scratch(self, admin_url: str, *, as_json: bool) -> None:
        """Prepare, try, print."""
        url = settings.DATABASE_SCRATCH_URL
        address = environ.Env.db_url_config(url) if url else {}
        if not (address.get("USER") and address.get("PASSWORD")) or address["USER"] in roles.ROLES:
            raise CommandError(
                "DATABASE_SCRATCH_URL (or DATABASE_SCRATCH_URL_FILE) must name a user of its own, such as"
                f" {roles.SCRATCH}, with a password."
            )
        made = roles.prepare_scratch(admin_url, address["USER"], address["PASSWORD"])
        with psycopg.connect(url):
            pass
        if as_json:
            self.print_json({"role": address["USER"], "made": made})
        else:
            self.console.print(f"{address['USER']} can log in. Next: manage.py backup drill --due", style="green")


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
