"""`manage.py isolation check`: for people and for machines (T1)."""

import json
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from tenants.isolation.assets import asset_models, declared_assets
from tenants.isolation.checks import check_models
from tenants.isolation.report import check_wall
from tenants.isolation.roles import APP
from tests.isolation.test_findings import Admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def stray_table(admin: Admin) -> Iterator[str]:
    """A committed table that nobody declared."""
    admin.execute("CREATE TABLE stray (id int)")
    admin.commit()
    yield "stray"
    admin.execute("DROP TABLE stray")
    admin.commit()


def test_the_product_has_no_finding() -> None:
    """T1: the wall of a freshly migrated database is what the models declare, and the models are in order."""
    report = check_wall("default")
    assert [str(finding) for finding in report.findings] == []
    assert report.current_user == APP
    assert check_models(None) == []


def test_every_declared_table_is_listed_with_its_wall(capsys: pytest.CaptureFixture[str]) -> None:
    """T1: the report of a machine names each table, its declaration, policies, rights and keys."""
    call_command("isolation", "check", "--json")
    report = json.loads(capsys.readouterr().out)

    tables = {table["name"]: table for table in report["tables"]}
    assert report["ok"] is True
    assert declared_assets().keys() <= tables.keys()
    assert tables["accounts_user"] | {"indexes": {}, "policies": list(tables["accounts_user"]["policies"])} == {
        "name": "accounts_user",
        "type": "table",
        "declared": "tenant",
        "partition_of": None,
        "row_level_security": "forced",
        "policies": ["platform_access", "tenant_wall"],
        "rights": {"sekisho_app": ["DELETE", "INSERT", "SELECT", "UPDATE"], "sekisho_platform": ["INSERT", "SELECT"]},
        "primary_key": ["tenant_id", "id"],
        "foreign_keys": {},
        "indexes": {},
        "findings": [],
    }
    assert tables["accounts_userrole"]["foreign_keys"]["accounts_userrole_user_id_wall"] == [
        *("tenant_id", "user_id"), "->", "accounts_user", *("tenant_id", "id"),
    ]  # fmt: skip
    assert {table["partition_of"] for table in report["tables"]} == {
        None,
        "auditlog_auditevent",
        "requests_requestentry",
    }


def test_people_see_tables_and_a_verdict(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """T1: every table but the partitions, which are counted."""
    monkeypatch.setenv("COLUMNS", "200")
    call_command("isolation", "check")
    printed = capsys.readouterr().out

    assert "No finding" in printed
    assert all(model._meta.db_table in printed for model, _ in asset_models())
    assert "auditlog_auditevent (" in printed
    assert "auditlog_auditevent_d30" not in printed


def test_a_finding_ends_the_command_with_1(stray_table: str, capsys: pytest.CaptureFixture[str]) -> None:
    """T1: a pipeline stops at a breach."""
    with pytest.raises(SystemExit) as people:
        call_command("isolation", "check")
    assert people.value.code == 1
    assert "stray has no declaration; give its model an asset [table_undeclared]" in capsys.readouterr().out

    with pytest.raises(SystemExit) as machine:
        call_command("isolation", "check", "--json")
    assert machine.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert [(finding["kind"], finding["subject"]) for finding in report["findings"]] == [("table_undeclared", "stray")]


def test_an_unknown_alias_is_refused() -> None:
    """A slip of the pen is told, not checked."""
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("isolation", "check", "--database", "elsewhere")


def test_every_app_of_the_product_is_under_the_checks() -> None:
    """A model without a table, or a table without a model, would escape both kinds of checks."""
    assert {model._meta.db_table for model in apps.get_models(include_auto_created=True)} <= declared_assets().keys()
