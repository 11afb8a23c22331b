"""The scratch database of a drill: never the service's own, never left behind, never open to others (B5, T1)."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from backups.drills.errors import DrillRunning, ScratchRefused, ScratchUnavailable
from backups.drills.models import Drill
from backups.drills.scratch import _lock_of, scratch_database
from backups.drills.services import drill_company
from backups.locks import exclusive
from backups.models import Archive
from tenants.isolation import roles
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tests.backups import processes
from tests.backups.conftest import ACTOR
from tests.conftest import EVERY_ROLE
from tests.database.cluster import changing_roles
from tests.settings import ADMIN_URL, RUN

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

_OURS = r"SELECT datname FROM pg_database WHERE datname LIKE 'sekisho\_drill\_%'"


def address(role: str, database: str) -> str:
    """Of the server of the suite, as one of the roles, or as `admin`, who may do everything."""
    if role == "admin":
        return ADMIN_URL.rpartition("/")[0] + f"/{database}"
    known = connections[role].settings_dict
    return f"postgres://{known['USER']}:{quote(known['PASSWORD'])}@{known['HOST']}:{known['PORT']}/{database}"


@pytest.fixture
def admin() -> Iterator[psycopg.Connection[Any]]:
    """A superuser of the server."""
    with psycopg.connect(ADMIN_URL, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(("role", "database", "told"), [
    pytest.param("admin", RUN, "the database of the service itself", id="the live database"),
    pytest.param("default", "postgres", "CREATEDB and BYPASSRLS", id="too few rights"),
])  # fmt: skip
def test_a_server_that_is_none(settings: Any, verified: Archive, role: str, database: str, told: str) -> None:
    """B5, T1: refused before anything is made, and nothing is kept."""
    settings.DATABASE_SCRATCH_URL = address(role, database)
    with tenant_scope(verified.tenant_id), pytest.raises(ScratchRefused, match=told):
        drill_company(actor=ACTOR)
    with platform_transaction():
        assert not Drill.objects.exists()


def test_the_role_of_drills_cannot_enter_the_service(settings: Any) -> None:
    """T1: it passes the wall of every database that it owns, so it may enter no other."""
    settings.DATABASE_SCRATCH_URL = settings.DATABASE_SCRATCH_URL.rpartition("/")[0] + f"/{RUN}"
    with pytest.raises(ScratchUnavailable, match="permission denied"), scratch_database():
        pass


def test_a_way_that_leads_elsewhere(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T1: a pooler that sends everybody to the same database is found out before anything is loaded."""
    scratch = settings.DATABASE_SCRATCH_URL
    monkeypatch.setattr("backups.drills.scratch._WHERE", "SELECT 'sekisho'::name, 1::bigint")
    monkeypatch.setattr("backups.drills.scratch._in_service", lambda: {("another", 1)})
    with pytest.raises(ScratchRefused, match="opened the database sekisho instead"), scratch_database():
        pass
    assert scratch == settings.DATABASE_SCRATCH_URL


def test_the_wall_is_in_it_and_nobody_else(admin: psycopg.Connection[Any]) -> None:
    """T1: policies are forced as in the service; the app role is not let in; afterwards it is gone."""
    with scratch_database() as alias:
        name = connections[alias].settings_dict["NAME"]
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'documents_document'")
            assert cursor.fetchone() == (True,)
        for role in EVERY_ROLE:
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(address(role, name))
    assert (name,) not in admin.execute(_OURS).fetchall()


def test_what_a_killed_drill_leaves(
    verified: Archive, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """B5: kill -9 in the middle; the next drill drops the database, and the drill is kept once."""
    monkeypatch.setenv("DATABASE_SCRATCH_URL", settings.DATABASE_SCRATCH_URL)
    with scratch_database():  # so that the template is there
        before = set(admin.execute(_OURS).fetchall())
    process = processes.start("backup", "drill", "--tenant", "ACME")
    while not (left := set(admin.execute(_OURS).fetchall()) - before):
        assert process.poll() is None, process.communicate()
    processes.kill(process)
    ((name,),) = left
    while admin.execute("SELECT pg_try_advisory_lock(%s)", [_lock_of(name)]).fetchone() != (True,):
        pass  # the server has not yet noticed that its client is gone
    admin.execute("SELECT pg_advisory_unlock_all()")
    with tenant_scope(verified.tenant_id):
        assert drill_company(actor=ACTOR).sound
    assert (name,) not in admin.execute(_OURS).fetchall()
    with platform_transaction():
        assert Drill.objects.count() == 1


def test_only_one_at_a_time(verified: Archive) -> None:
    """B5: a second drill of the same company is refused; backups go on meanwhile."""
    with exclusive(verified.tenant_id, "drills"), tenant_scope(verified.tenant_id):
        with pytest.raises(DrillRunning):
            drill_company(actor=ACTOR)
        with exclusive(verified.tenant_id):
            pass


def test_the_command(verified: Archive, capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    """B5: by company, by archive and by rota, for people and machines; exit code 1 when a drill fails or is none."""
    call_command("backup", "drill", "--tenant", "ACME", "--json")
    (result,) = json.loads(capsys.readouterr().out)
    assert (result["company_code"], result["sound"], result["rows"]) == ("ACME", True, verified.row_count)
    assert [check["sound"] for check in result["checks"]] == [True] * 8
    out = StringIO()
    call_command("backup", "drill", "--archive", str(verified.id), stdout=out)
    assert "sound" in out.getvalue()
    call_command("backup", "drill", "--due", "--json")  # today's was there already
    assert json.loads(capsys.readouterr().out) == []
    with pytest.raises(CommandError, match="No sound restore drill of GLOBEX"):
        call_command("backup", "drill", "--tenant", "GLOBEX", "--json")
    settings.DATABASE_SCRATCH_URL = ""
    with pytest.raises(CommandError):
        call_command("backup", "drill", "--tenant", "ACME", "--json")
    assert "Set DATABASE_SCRATCH_URL" in capsys.readouterr().out.partition("GLOBEX")[2]


def test_a_server_is_prepared(
    admin: psycopg.Connection[Any], settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """B5: a role of its own that may make databases, and the three of the schema; safe to run again."""
    role = f"{RUN}_scratch"
    place = settings.DATABASE_SCRATCH_URL.rpartition("@")[2]
    settings.DATABASE_SCRATCH_URL = f"postgres://{role}:a-password@{place}"
    with changing_roles():
        try:
            for made in ([role], []):
                call_command("database", "prepare-scratch", "--admin-url", ADMIN_URL, "--json")
                assert json.loads(capsys.readouterr().out) == {"role": role, "made": made}
            rights = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = %s"
            assert admin.execute(rights, [role]).fetchone() == (False, False, True, True)
        finally:
            admin.execute(f'DROP ROLE IF EXISTS "{role}"')
    settings.DATABASE_SCRATCH_URL = f"postgres://{roles.APP}:a-password@{place}"
    with pytest.raises(CommandError, match="a user of its own"):
        call_command("database", "prepare-scratch", "--admin-url", ADMIN_URL)
