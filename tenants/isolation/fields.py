"""Foreign keys that cannot cross the wall."""

from typing import Any

from django.db import models


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]  # generic in the stubs only
    """A foreign key between two tables of the same tenant.

    Django would constrain and index the id alone, and PostgreSQL checks foreign keys past row-level security: a row of
    one tenant could point at another's. So both are left to the migration operation `TenantTable` (or
    `AddTenantForeignKey`), which makes `(tenant_id, x_id)` refer to `(tenant_id, id)`. Joins compare both as well.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """As Django's, without what every key of this class has."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        return name, path, list(args), kwargs

    def get_joining_fields(self, reverse_join: bool = False) -> tuple[tuple[Any, Any], ...]:
        """As Django's, with the tenant in front.

        Every key leads with the tenant, so a join by id alone could use no index where no policy adds the tenant: for
        the platform role and the owner. It also hands the manager's literal on to the joined tables.
        """
        here, there = self.model._meta.get_field("tenant_id"), self.related_model._meta.get_field("tenant_id")
        tenant = (there, here) if reverse_join else (here, there)
        return (tenant, *super().get_joining_fields(reverse_join))
