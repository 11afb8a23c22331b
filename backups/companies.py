"""How the backups of every company stand, for operators (B1, B2): counted and paged in SQL, as the platform role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tenants.isolation.transactions import current_connection, platform_transaction

RECOVERY_POINT_OBJECTIVE = timedelta(hours=25)

_OF_ALL = """
FROM tenants_tenant t
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE a.state = 'verified') AS generations,
           count(*) FILTER (WHERE a.state = 'damaged') AS damaged,
           max(a.snapshot_at) FILTER (WHERE a.state = 'verified') AS newest_at,
           sum(a.size) AS size
    FROM backups_archive a WHERE a.tenant_id = t.id AND a.state <> 'running'
) k ON true
WHERE t.state NOT IN ('erased', 'suspended')
"""


@dataclass(frozen=True, slots=True)
class CompanyBackups:
    """One company: its verified generations, the newest moment it can be restored to, bytes in the backup store."""

    tenant_id: UUID
    company_code: str
    name: str
    generations: int
    damaged: int
    newest_at: datetime | None
    size: int


def company_backups(*, limit: int, offset: int = 0) -> list[CompanyBackups]:
    """Some of the companies that are backed up, those that are worst off first."""
    statement = f"""
        SELECT t.id, t.company_code, t.name, k.generations, k.damaged, k.newest_at, coalesce(k.size, 0)::bigint
        {_OF_ALL} ORDER BY k.newest_at NULLS FIRST, t.company_code LIMIT %s OFFSET %s
    """
    return [CompanyBackups(*row) for row in _rows(statement, [limit, offset])]


def _rows(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
