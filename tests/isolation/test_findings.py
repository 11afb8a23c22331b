"""`isolation check` finds every breach of the wall, and finds nothing where there is none (T1)."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from tenants.isolation import catalogue
from tenants.isolation.assets import READ_ONLY, Asset, Ownership, Retention, TableKind, declared_assets
from tenants.isolation.catalogue import Catalogue
from tenants.isolation.findings import Declarations, Finding, FindingKind, judge
from tenants.isolation.roles import APP
from tests.isolation.breaches import BREACHES, LAB, Breach

Admin = psycopg.Connection[Any]


def make_asset(**differences: Any) -> Asset:
    """A declaration, of a table of tenants unless told otherwise."""
    usual: dict[str, Any] = {
        "data_class": "experiments",
        "ownership": Ownership.PROVIDER,
        "retention": Retention.unlimited(),
        "archived": False,
        "returned": False,
    }
    return Asset(**usual | differences)


def _declared() -> Declarations:
    lab, shared = make_asset(), make_asset(kind=TableKind.GLOBAL, app_rights=READ_ONLY)
    return Declarations(assets={**declared_assets(), "lab": lab, "shared": shared})


def _read_as_app(admin: Admin) -> Catalogue:
    """What the app role would read. It cannot itself, since nothing is committed."""
    with admin.cursor() as cursor:
        return replace(catalogue.read(cursor), current_user=APP)


def _run(admin: Admin, *statements: str) -> list[Finding]:
    """The findings after the statements, which may name the database."""
    for statement in statements:
        admin.execute(statement.replace("{database}", f'"{admin.info.dbname}"'))
    return judge(_read_as_app(admin), _declared())


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.name)
def test_a_breach_is_found_and_nothing_else(admin: Admin, breach: Breach) -> None:
    """T1: each breach gives exactly its findings, on the table, role or function that it is about."""
    found = _run(admin, *LAB, *breach.statements)

    expected = [(kind, subject.replace("{database}", admin.info.dbname)) for kind, subject in breach.findings]
    assert [(finding.kind, finding.subject) for finding in found] == expected


def test_a_table_as_a_migration_makes_it_has_no_finding(admin: Admin) -> None:
    """T1: a declared table behind the wall, beside everything that the product has."""
    assert _run(admin, *LAB) == []


@pytest.mark.parametrize(
    "harmless",
    [
        "CREATE VIEW look WITH (security_invoker = true) AS SELECT * FROM lab",
        "CREATE MATERIALIZED VIEW nobody_may AS SELECT * FROM lab",
        f"CREATE SEQUENCE s; GRANT USAGE ON SEQUENCE s TO {APP}",
        "CREATE INDEX ON lab (tenant_id, lower(label))",
        "ALTER TABLE lab ADD FOREIGN KEY (tenant_id, parent_id) REFERENCES lab (tenant_id, id)",
        "CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_what_does_no_harm_is_no_finding(admin: Admin, harmless: str) -> None:
    """T1: a check that cries wolf is switched off one day."""
    assert _run(admin, *LAB, harmless) == []


def test_what_an_extension_brings_is_left_out_and_says_so(admin: Admin) -> None:
    """T1: tables and views of extensions are not ours to declare; the report gives the reason."""
    assert _run(admin, *LAB, "CREATE EXTENSION pg_buffercache") == []

    (view,) = [relation for relation in _read_as_app(admin).relations if relation.name == "pg_buffercache"]
    assert view.extension == "pg_buffercache"


def test_another_user_than_the_app_role_is_found(admin: Admin) -> None:
    """T1: a product that works as the owner has no wall."""
    with admin.cursor() as cursor:
        found = judge(catalogue.read(cursor), Declarations())
    assert [(finding.kind, finding.subject) for finding in found] == [
        (FindingKind.NOT_APP_ROLE, admin.info.user),
    ]


def test_a_missing_role_is_found(admin: Admin) -> None:
    """T1: each of the three roles has a part in the wall."""
    whole = _read_as_app(admin)
    found = judge(replace(whole, roles=whole.roles[1:]), Declarations())
    assert [(finding.kind, finding.subject) for finding in found] == [(FindingKind.ROLE_MISSING, whole.roles[0].name)]


def test_every_kind_of_finding_has_a_breach_here() -> None:
    """A kind that no test can bring about may as well not exist."""
    apart = {FindingKind.NOT_APP_ROLE, FindingKind.ROLE_MISSING}
    assert {kind for breach in BREACHES for kind, _ in breach.findings} | apart == set(FindingKind)
