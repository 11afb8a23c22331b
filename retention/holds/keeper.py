"""The holds' answers to whoever removes something (`tenants.isolation.keeping`, R5).

Read anew at each question, as the platform role: a company's own role knows nothing of holds.
"""

from collections.abc import Collection
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Model, Q
from django.db.models.expressions import RawSQL

from retention.holds.covering import Coverage, may_cover
from retention.holds.models import KeptRow
from retention.holds.queries import active_holds, kept_contents
from tenants.isolation.context import platform_scope, tenant_scope
from tenants.isolation.transactions import atomic, current_connection, platform_transaction

_BATCH = 5_000
_PUT_ASIDE = """
INSERT INTO holds_keptrow (id, hold_id, tenant_id, table_name, row_id, "row", kept_at)
SELECT gen_random_uuid(), %s, %s, %s, chosen.id, chosen.whole, now() FROM ({rows}) AS chosen (id, whole)
WHERE NOT EXISTS (SELECT FROM holds_keptrow k WHERE k.hold_id = %s AND k.table_name = %s AND k.row_id = chosen.id)
"""


class HoldKeeper:
    """Holds that act now."""

    def held_tenants(self, model: type[Model]) -> frozenset[UUID]:
        """The companies with a hold that can reach the model."""
        return frozenset(hold.tenant_id for hold in active_holds() if may_cover(hold.scope, model))

    def held_rows(self, model: type[Model], tenant_id: UUID) -> Q | None:
        """The rows that any hold of the company reaches, and those that it has put aside."""
        if model is KeptRow:
            holds = [hold.id for hold in active_holds(tenant_id)]
            return Q(hold_id__in=holds) if holds else None
        with platform_scope(False), tenant_scope(tenant_id), atomic():
            reached = (Coverage(hold).of(model) for hold in active_holds(tenant_id))
            conditions = [condition for condition in reached if condition is not None]
        return reduce(or_, conditions) if conditions else None

    def is_held(self, tenant_id: UUID) -> bool:
        """Whether the company has a hold at all."""
        return bool(active_holds(tenant_id))

    def held_contents(self, tenant_id: UUID, object_names: Collection[str]) -> frozenset[str]:
        """The contents of versions that were deleted while a hold covered them."""
        if not self.is_held(tenant_id):
            return frozenset()
        return frozenset(kept_contents(tenant_id, list(object_names)))

    def put_aside(self, model: type[Model], going: Q) -> None:
        """Copy the held ones of the rows that are about to go. In the open transaction of the platform role."""
        for hold in active_holds():
            if not may_cover(hold.scope, model):
                continue
            with platform_scope(False), tenant_scope(hold.tenant_id), atomic():
                covered = Coverage(hold).of(model)
            if covered is None:
                continue
            table = model._meta.db_table
            with tenant_scope(hold.tenant_id):
                rows = model._default_manager.filter(going, covered, tenant_id=hold.tenant_id).order_by()
                # The whole row, of a table that is named by its model.
                whole = rows.annotate(whole=RawSQL(f'to_jsonb("{table}")', []))  # noqa: S611
                sql, params = whole.values_list("pk", "whole").query.sql_with_params()
            with platform_transaction(), current_connection().cursor() as cursor:
                values = [hold.id, hold.tenant_id, table, *params, hold.id, table]
                cursor.execute(_PUT_ASIDE.format(rows=sql), values)
