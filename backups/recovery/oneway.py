"""What never goes back within rows that do: a used code stays used, a counter never falls (ASVS 6.5.1, B6)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from psycopg import sql

from accounts.factors.models import RecoveryCode, TotpDevice
from accounts.passkeys.models import Passkey


@dataclass(frozen=True, slots=True)
class OneWay:
    """A column that only grows, of rows that are found again by `keys`."""

    model: type[models.Model]
    keys: tuple[str, ...]
    column: str

    @property
    def remembered(self) -> sql.Identifier:
        """The table of what was there before, until the transaction ends."""
        return sql.Identifier("pg_temp", f"before_{self.model._meta.db_table}")


ONE_WAY = (
    OneWay(RecoveryCode, ("user_id", "code_hash"), "used_at"),
    OneWay(TotpDevice, ("id",), "last_step"),
    OneWay(Passkey, ("id",), "sign_count"),
)


def remember(cursor: Any, tenant_id: UUID) -> None:
    """Keep the present values, before the rows are deleted."""
    for one in ONE_WAY:
        columns = sql.SQL(", ").join(map(sql.Identifier, (*one.keys, one.column)))
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WHERE tenant_id = {}").format(
                sql.Identifier(f"before_{one.model._meta.db_table}"),
                columns,
                sql.Identifier(one.model._meta.db_table),
                sql.Literal(tenant_id),
            )
        )


def apply(cursor: Any, tenant_id: UUID) -> None:
    """Bring them into the rows that were loaded, where they are further on."""
    for one in ONE_WAY:
        same = sql.SQL(" AND ").join(
            sql.SQL("now.{key} = before.{key}").format(key=sql.Identifier(key)) for key in one.keys
        )
        cursor.execute(
            sql.SQL(
                "UPDATE {} AS now SET {column} = greatest(now.{column}, before.{column})"
                " FROM {} AS before WHERE now.tenant_id = {} AND {}"
            ).format(
                sql.Identifier(one.model._meta.db_table),
                one.remembered,
                sql.Literal(tenant_id),
                same,
                column=sql.Identifier(one.column),
            )
        )
