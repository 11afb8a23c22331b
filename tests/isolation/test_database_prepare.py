"""`manage.py database prepare`: roles and database as a deployment makes them (DESIGN section 4)."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tenants.isolation import roles
from tests.database.cluster import changing_roles
from tests.settings import ADMIN_URL, RUN

_ALIASES = ("default", "platform", "owner")


@pytest.fixture
def fresh_database(django_db_setup: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The settings name a database that does not exist yet."""
    name = f"{RUN}_prepared"
    for alias in _ALIASES:
        monkeypatch.setitem(settings.DATABASES[alias], "NAME", name)
    with changing_roles():
        yield name
        with psycopg.connect(ADMIN_URL, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")


def test_it_makes_a_closed_database_of_the_owner(fresh_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The second run finds everything there."""
    for made in ([fresh_database], []):
        call_command("database", "prepare", "--admin-url", ADMIN_URL, "--json")
        assert json.loads(capsys.readouterr().out) == {
            "database": fresh_database,
            "roles": [roles.APP, roles.PLATFORM, roles.OWNER],
            "made": made,
        }
    with psycopg.connect(ADMIN_URL) as connection:
        (owner, acl) = connection.execute(
            "SELECT pg_get_userbyid(datdba), datacl::text FROM pg_database WHERE datname = %s", [fresh_database]
        ).fetchone() or ("", "")
    assert owner == roles.OWNER
    assert f"{roles.APP}=c/" in acl
    assert "=Tc/" not in acl.replace(f"{roles.OWNER}=CTc", "")


def test_it_takes_a_database_over(fresh_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An administrator who made the database by hand is no obstacle."""
    with psycopg.connect(ADMIN_URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {fresh_database}")
        call_command("database", "prepare", "--admin-url", ADMIN_URL)
        row = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [fresh_database]
        ).fetchone()
    assert row == (roles.OWNER,)
    assert f"{fresh_database}: brought in line" in capsys.readouterr().out


def test_roles_are_brought_in_line(admin: psycopg.Connection[Any]) -> None:
    """Powers that somebody gave are taken back, and no password is sent in the clear."""
    for role in (roles.APP, roles.PLATFORM):
        admin.execute(f"ALTER ROLE {role} SUPERUSER BYPASSRLS CREATEDB CREATEROLE REPLICATION")
    admin.execute(f"ALTER ROLE {roles.OWNER} NOBYPASSRLS SUPERUSER")
    admin.execute(f"ALTER ROLE {roles.OWNER} RESET row_security")

    assert roles.make_roles(admin, dict.fromkeys(roles.ROLES, "a secret")) == []

    rows = admin.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb AND rolname <> %s, rolcreaterole, rolreplication,"
        " rolpassword ~ '^SCRAM-SHA-256', coalesce(rolconfig::text, '') FROM pg_authid"
        " LEFT JOIN LATERAL (SELECT setconfig AS rolconfig FROM pg_db_role_setting WHERE setrole = oid) s ON true"
        " WHERE rolname = ANY(%s) ORDER BY rolname",
        [roles.OWNER, list(roles.ROLES)],
    ).fetchall()
    assert rows == [
        (roles.APP, False, False, False, False, False, True, ""),
        (roles.OWNER, False, True, False, False, False, True, "{row_security=off}"),
        (roles.PLATFORM, False, False, False, False, False, True, ""),
    ]


def test_the_administrator_comes_from_the_environment(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """A password on a command line is seen by everybody on the machine."""
    with pytest.raises(CommandError, match="DATABASE_ADMIN_URL"):
        call_command("database", "prepare")
    secret = tmp_path / "admin"
    secret.write_text(ADMIN_URL + "\n")
    monkeypatch.setenv("DATABASE_ADMIN_URL_FILE", str(secret))
    call_command("database", "prepare", "--json")


def test_an_administrator_who_may_not_is_told_so(fresh_database: str) -> None:
    """The app role cannot promote itself."""
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/postgres"
    with pytest.raises(CommandError, match="may not do this"):
        call_command("database", "prepare", "--admin-url", url)
    with pytest.raises(CommandError, match="refused"):
        call_command("database", "prepare", "--admin-url", url.replace(str(database["PASSWORD"]), "wrong"))


@pytest.mark.parametrize(
    ("alias", "key", "value", "message"),
    [
        ("owner", "USER", roles.APP, "DATABASE_OWNER_URL .* must be set and name the user sekisho_owner"),
        ("platform", "PASSWORD", "", "DATABASE_PLATFORM_URL holds no password"),
        ("default", "NAME", "another", "different databases: another, "),
        ("owner", "PORT", 1, "sekisho_owner cannot log in by DATABASE_OWNER_URL"),
    ],
)
def test_addresses_that_do_not_fit_are_told(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch, alias: str, key: str, value: str, message: str
) -> None:
    """Before the first start, not at the first request."""
    monkeypatch.setitem(settings.DATABASES[alias], key, value)
    with pytest.raises(CommandError, match=message):
        call_command("database", "prepare", "--admin-url", ADMIN_URL)
