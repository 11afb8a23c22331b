"""The migration operations build what `isolation check` wants, and a migration that forgets them is found (T1)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import ProgrammingError, connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

from tenants.isolation import catalogue
from tenants.isolation.assets import APPEND_ONLY, NO_RIGHTS, READ_ONLY, Asset, TableKind, declared_assets
from tenants.isolation.context import require_tenant_id
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.findings import Declarations, FindingKind, judge
from tenants.isolation.models import new_id
from tenants.isolation.operations import AddTenantForeignKey, GrantTable, TenantTable
from tenants.isolation.roles import APP, PLATFORM
from tests.isolation.test_findings import make_asset

pytestmark = pytest.mark.django_db(databases=["owner"])


@pytest.fixture
def editor() -> Iterator[BaseDatabaseSchemaEditor]:
    """The owner's schema editor, in the transaction that the test rolls back."""
    with connections["owner"].schema_editor(atomic=False) as editor:
        yield editor


def _create(name: str, *fields: tuple[str, "models.Field[Any, Any]"]) -> migrations.CreateModel:
    """What `makemigrations` writes for a TenantModel."""
    usual: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.UUIDField(primary_key=True, default=new_id)),
        ("tenant_id", models.UUIDField(default=require_tenant_id)),
    ]
    return migrations.CreateModel(name=name, fields=[*usual, *fields], options={"db_table": name.lower()})


def _key(to: str) -> TenantForeignKey:
    return TenantForeignKey(f"lab.{to}", on_delete=models.CASCADE, null=True)


def _migrate(editor: BaseDatabaseSchemaEditor, *operations: Operation) -> None:
    state = ProjectState()
    for operation in operations:
        before = state.clone()
        operation.state_forwards("lab", state)
        operation.database_forwards("lab", editor, before, state)
    deferred, editor.deferred_sql = editor.deferred_sql, []
    for statement in deferred:
        editor.execute(statement)


def _found(assets: dict[str, Asset], **keys: dict[str, str]) -> list[tuple[FindingKind, str]]:
    """What the check finds when these tables are declared with these foreign keys."""
    with connections["owner"].cursor() as cursor:
        facts = replace(catalogue.read(cursor), current_user=APP)
    usual = Declarations()
    declared = replace(usual, assets=declared_assets() | assets, foreign_keys={**usual.foreign_keys, **keys})
    return [(finding.kind, finding.subject) for finding in judge(facts, declared)]


def test_a_tenant_table_stands_behind_the_wall(editor: BaseDatabaseSchemaEditor) -> None:
    """T1: key, policies, rights and foreign keys, those of a tree to itself included."""
    _migrate(
        editor,
        _create("Shelf", ("parent", _key("Shelf"))),
        TenantTable("Shelf"),
        _create("Book", ("shelf", _key("Shelf"))),
        TenantTable("Book", app=APPEND_ONLY, platform=READ_ONLY),
    )
    book = make_asset(app_rights=APPEND_ONLY, platform_rights=READ_ONLY)
    assert _found({"shelf": make_asset(), "book": book}, shelf={"parent_id": "shelf"}, book={"shelf_id": "shelf"}) == []


def test_a_migration_without_the_operation_is_found(editor: BaseDatabaseSchemaEditor) -> None:
    """T1: a table as Django alone makes it."""
    _migrate(editor, _create("Shelf"))
    assert _found({"shelf": make_asset()}) == [
        (FindingKind.RLS_NOT_ENABLED, "shelf"),
        (FindingKind.RLS_NOT_FORCED, "shelf"),
        (FindingKind.POLICY_MISSING, "shelf"),
        (FindingKind.POLICY_MISSING, "shelf"),
        (FindingKind.RIGHTS_DIFFER, "shelf"),
        (FindingKind.PRIMARY_KEY, "shelf"),
    ]
    assert _found({}) == [(FindingKind.TABLE_UNDECLARED, "shelf")]


def test_a_foreign_key_that_comes_later(editor: BaseDatabaseSchemaEditor) -> None:
    """T1: AddField makes the column only; without the operation nothing would keep it inside."""
    field = _key("Shelf")
    start = [_create("Shelf"), TenantTable("Shelf"), _create("Book"), TenantTable("Book")]
    declared = {"shelf": make_asset(), "book": make_asset()}

    _migrate(editor, *start, migrations.AddField("Book", "shelf", field))
    assert _found(declared, book={"shelf_id": "shelf"}) == [(FindingKind.FOREIGN_KEY_MISSING, "book")]

    state = ProjectState()
    for operation in (*start, migrations.AddField("Book", "shelf", field)):
        operation.state_forwards("lab", state)
    AddTenantForeignKey("Book", "shelf").database_forwards("lab", editor, state, state)
    assert _found(declared, book={"shelf_id": "shelf"}) == []


def test_djangos_own_foreign_key_is_found(editor: BaseDatabaseSchemaEditor) -> None:
    """T1: it refers to an id alone; there is no such key in a table behind the wall, so the database refuses it."""
    key = models.ForeignKey("lab.Shelf", on_delete=models.CASCADE)
    with pytest.raises(ProgrammingError, match="no unique constraint matching given keys"):
        _migrate(editor, _create("Shelf"), TenantTable("Shelf"), _create("Book", ("shelf", key)))


def test_a_shared_table_has_its_rights_and_no_others(editor: BaseDatabaseSchemaEditor) -> None:
    """T1: reference data that the app reads and the platform role maintains."""
    _migrate(editor, _create("Country"), GrantTable("Country", app=READ_ONLY, platform=APPEND_ONLY))
    country = make_asset(kind=TableKind.GLOBAL, app_rights=READ_ONLY, platform_rights=APPEND_ONLY)
    assert _found({"country": country}) == []
    assert _found({"country": replace(country, app_rights=NO_RIGHTS)}) == [(FindingKind.RIGHTS_DIFFER, "country")]


@pytest.mark.parametrize(
    "operation",
    [
        TenantTable("Shelf", app=APPEND_ONLY, platform=READ_ONLY),
        AddTenantForeignKey("Book", "shelf"),
        GrantTable("Country", app=READ_ONLY),
    ],
)
def test_an_operation_survives_the_migration_writer(operation: Operation) -> None:
    """T1: squashing writes migrations anew."""
    written = MigrationWriter(type("Migration", (migrations.Migration,), {"operations": [operation]})("x", "lab"))
    namespace: dict[str, Any] = {}
    exec(written.as_string(), namespace)  # noqa: S102 - the writer's own text
    (again,) = namespace["Migration"].operations
    assert again.deconstruct() == operation.deconstruct()
    assert PLATFORM not in operation.describe()


def test_only_the_owner_runs_them() -> None:
    """T1: on any other alias the operations do nothing, as all of `migrate` does."""
    with connections["default"].schema_editor(collect_sql=True, atomic=False) as collecting:
        state = ProjectState()
        _create("Shelf").state_forwards("lab", state)
        TenantTable("Shelf").database_forwards("lab", collecting, state, state)
        assert collecting.collected_sql == []
