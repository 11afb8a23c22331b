"""The base of every table that holds a tenant's rows (T1)."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import uuid_utils.compat
from django.db import models
from django.db.models import sql

from tenants.isolation.assets import Asset
from tenants.isolation.context import NoTenant, WrongTenant, current_tenant_id, require_tenant_id

M = TypeVar("M", bound="TenantModel")


def new_id() -> UUID:
    """A time-ordered UUIDv7: unique across databases (a tenant can move), and kind to indexes."""
    return uuid_utils.compat.uuid7()


class TenantQuery(sql.Query):
    """A query that belongs to the tenant for which it was built and refuses to run for another one.

    Row-level security would answer such a query with silence; an error is found sooner.
    """

    tenant_id: UUID | None = None

    def chain(self, klass: type[sql.Query] | None = None) -> Any:
        """A copy for the next step, also into UPDATE and DELETE, which lose this class."""
        self.check_tenant()
        return super().chain(klass)

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        """The compiler, by which every read goes to the database."""
        self.check_tenant()
        return super().get_compiler(*args, **kwargs)

    def combine(self, rhs: sql.Query, connector: str) -> None:
        """`&`, `|` and `^` of two queries, which are of one tenant."""
        if isinstance(rhs, TenantQuery):
            rhs.check_tenant()
        super().combine(rhs, connector)

    def check_tenant(self) -> None:
        """Raise NoTenant or WrongTenant unless this query belongs to the tenant in scope."""
        current = current_tenant_id()
        if current is None:
            raise NoTenant
        if self.tenant_id is not None and self.tenant_id != current:
            raise WrongTenant("This query was built for another tenant.")


class TenantQuerySet(models.QuerySet[M]):
    """Rows of one tenant: carries the literal filter and refuses to write another tenant's rows.

    Some methods make no query out of this one, so they look at its tenant themselves.
    """

    query: TenantQuery

    def create(self, **kwargs: Any) -> M:
        """As Django's."""
        self.query.check_tenant()
        return super().create(**kwargs)

    def raw(self, raw_query: Any, *args: Any, **kwargs: Any) -> "models.query.RawQuerySet[Any]":
        """As Django's. Of the rows that such SQL names, the policies show those of the tenant in scope."""
        self.query.check_tenant()
        return super().raw(raw_query, *args, **kwargs)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[M]:
        """As Django's, after a look at each object's tenant."""
        return super().bulk_create(self._checked(objs), *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        """As Django's, after a look at each object's tenant."""
        return super().bulk_update(self._checked(objs), *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """As Django's; a row never changes its tenant."""
        if "tenant_id" in kwargs:
            raise WrongTenant("tenant_id cannot be updated.")
        return super().update(**kwargs)

    def _checked(self, objs: Iterable[M]) -> list[M]:
        self.query.check_tenant()
        rows = list(objs)
        for row in rows:
            row.check_tenant()
        return rows


class TenantManager(models.Manager[M]):
    """Adds `tenant_id = <this tenant>` to every query and raises NoTenant when there is no tenant.

    The database says the same by its policy. The literal is not redundant: it gives the planner the real selectivity,
    and it lets a distributed database route the query.
    """

    use_in_migrations = False

    def get_queryset(self) -> TenantQuerySet[M]:
        """The rows of the tenant in scope."""
        tenant_id = require_tenant_id()
        query = TenantQuery(self.model)
        query.tenant_id = tenant_id
        hints: dict[str, Any] = self._hints  # type: ignore[attr-defined]  # django-stubs leaves it out
        return TenantQuerySet(self.model, query=query, using=self._db, hints=hints).filter(tenant_id=tenant_id)


class TenantModel(models.Model):
    """A table behind the wall. Its database key is `(tenant_id, id)`; `TenantTable` in the migration builds it.

    Subclasses declare `asset` and repeat `class Meta(TenantModel.Meta)` when they need a Meta of their own.
    """

    asset: ClassVar[Asset]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(default=require_tenant_id, editable=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        # Saving, refreshing, deleting and following a foreign key go through the wall as well.
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, for a row of the tenant in scope only."""
        self.check_tenant()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """As Django's, for a row of the tenant in scope only."""
        self.check_tenant()
        return super().delete(*args, **kwargs)

    def check_tenant(self) -> None:
        """Raise WrongTenant unless this row belongs to the tenant in scope."""
        if self.tenant_id != require_tenant_id():
            raise WrongTenant("This row belongs to another tenant.")
