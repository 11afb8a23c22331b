"""Migration operations that build the wall (T1). They follow the CreateModel or AddField that Django generated.

migrations.CreateModel(name="Folder", ...),
TenantTable("Folder"),
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenants.isolation import wall
from tenants.isolation.assets import ALL_RIGHTS, NO_RIGHTS
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.roles import APP, PLATFORM


class _WallOperation(Operation):
    """Runs SQL and leaves the model state alone."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: Django's view of the model stays."""

    def statements(self, model: Any) -> list[str]:
        """The SQL for the model as it is at this point of history."""
        raise NotImplementedError

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the statements."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in self.statements(model):
                schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Nothing: going back drops the table or the column, and the wall with it."""


class TenantTable(_WallOperation):
    """Put a new table behind the wall: key, foreign keys, policy, grants.

    `app` and `platform` are the rights of the two roles; they must equal what the model's asset declares.
    """

    def __init__(
        self, model_name: str, *, app: Iterable[str] = ALL_RIGHTS, platform: Iterable[str] = NO_RIGHTS
    ) -> None:
        super().__init__(model_name)
        self.app, self.platform = frozenset(app), frozenset(platform)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return (
            type(self).__name__,
            [self.model_name],
            {"app": sorted(self.app), "platform": sorted(self.platform)},
        )

    def statements(self, model: Any) -> list[str]:
        """Primary key first, since the foreign keys of a tree point at their own table."""
        table = model._meta.db_table
        result = wall.primary_key_sql(table)
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                result += wall.foreign_key_sql(table, field.column, field.related_model._meta.db_table)
        result += wall.policy_sql(table)
        return result + wall.grant_sql(table, APP, self.app) + wall.grant_sql(table, PLATFORM, self.platform)

    def describe(self) -> str:
        """For `migrate` and `sqlmigrate`."""
        return f"Put {self.model_name} behind the tenant wall"


class AddTenantForeignKey(_WallOperation):
    """The composite constraint for a TenantForeignKey that AddField put into an existing table."""

    def __init__(self, model_name: str, field_name: str) -> None:
        super().__init__(model_name)
        self.field_name = field_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return type(self).__name__, [self.model_name, self.field_name], {}

    def statements(self, model: Any) -> list[str]:
        """The foreign key with the tenant in it."""
        field = model._meta.get_field(self.field_name)
        return wall.foreign_key_sql(model._meta.db_table, field.column, field.related_model._meta.db_table)

    def describe(self) -> str:
        """For `migrate` and `sqlmigrate`."""
        return f"Carry the tenant in {self.model_name}.{self.field_name}"


class GrantTable(_WallOperation):
    """Exact rights on a GLOBAL or CONTROL table."""

    def __init__(self, model_name: str, *, app: Iterable[str] = NO_RIGHTS, platform: Iterable[str] = NO_RIGHTS) -> None:
        super().__init__(model_name)
        self.app, self.platform = frozenset(app), frozenset(platform)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return (
            type(self).__name__,
            [self.model_name],
            {"app": sorted(self.app), "platform": sorted(self.platform)},
        )

    def statements(self, model: Any) -> list[str]:
        """Grants alone."""
        table = model._meta.db_table
        return wall.grant_sql(table, APP, self.app) + wall.grant_sql(table, PLATFORM, self.platform)

    def describe(self) -> str:
        """For `migrate` and `sqlmigrate`."""
        return f"Grant rights on {self.model_name}"
