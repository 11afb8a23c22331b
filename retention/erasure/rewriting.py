"""Pages of the database's files: deleted bytes lie in them until they are written over, out of any query's reach (R1).

VACUUM makes room and does not blank it. Where even somebody with the disk in their hands shall find nothing, the tables
are written anew, each closed for that long: in a maintenance window, never within an erasure.
"""

from django.db import connections
from psycopg import sql

from auditlog.actors import Actor
from auditlog.services import Target, record
from retention.erasure.actions import TABLES_REWRITTEN
from retention.erasure.models import ErasureState
from retention.erasure.queries import every_erasure
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import atomic
from tenants.queries import provider_scope

# What the planner remembered of values lies in a table too.
_STATISTICS = "pg_statistic"


def rewrite_tables(*, actor: Actor) -> list[str]:
    """Write every table anew from which a company was erased, as the owner of the database; their names.

    Safe to repeat. Nobody reads or writes a table while it is written. Recorded in the provider's log. Raises
    DatabaseError.
    """
    proven = (erasure for erasure in every_erasure() if erasure.state == ErasureState.PROVEN)
    tables = sorted({table for erasure in proven for table in erasure.counts.get("tables", {})})
    with tenant_scope(None), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in [*tables, _STATISTICS]:
            cursor.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(table)))
        cursor.execute("RESET statement_timeout")
    with provider_scope(), atomic():
        record(TABLES_REWRITTEN, actor=actor, target=Target("tables"), after={"tables": tables})
    return tables
