"""How the backups of every company stand, for operators (B1, B2): counted and paged in SQL, as the platform role."""

# ruff: noqa: S608 - put together from constants

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils import timezone

from tenants.isolation.transactions import current_connection, platform_transaction
from tenants.plans import PLANS, Plan, PlanCode

RECOVERY_POINT_OBJECTIVE = timedelta(hours=25)
PER_PAGE = 25

# The newest recovery point is one step into an index; counting archives is left to the companies of the page.
_STANDING = """
WITH standing AS (
    SELECT t.id, t.company_code, t.name, t.created_at, t.plan_code, p.snapshot_at, p.size, p.seconds,
           EXISTS (SELECT FROM backup_watch_backupproblem b WHERE b.about = t.id AND b.ended_at IS NULL)
           OR coalesce(p.snapshot_at, t.created_at) < %(oldest)s AS troubled
    FROM tenants_tenant t LEFT JOIN LATERAL (
        SELECT snapshot_at, size, seconds FROM backup_watch_recoverypoint
        WHERE tenant_id = t.id AND damaged_at IS NULL ORDER BY snapshot_at DESC LIMIT 1
    ) p ON true
    WHERE t.state NOT IN ('erased', 'suspended')
)
"""
_WANTED = """
WHERE (%(troubled)s = false OR troubled)
  AND (%(text)s = '' OR strpos(lower(company_code || ' ' || name), lower(%(text)s)) > 0)
"""
_COUNT = f"{_STANDING} SELECT count(*) FROM standing {_WANTED}"
_PAGE = f"""{_STANDING}, shown AS (
    SELECT * FROM standing {_WANTED}
    ORDER BY troubled DESC, coalesce(snapshot_at, created_at), company_code LIMIT %(limit)s OFFSET %(offset)s
)
SELECT s.id, s.company_code, s.name, s.created_at, s.plan_code, s.snapshot_at, s.size, s.seconds, s.troubled, k.kept,
       d.started_at, d.sound
FROM shown s LEFT JOIN LATERAL (
    SELECT count(*) AS kept FROM backups_archive a WHERE a.tenant_id = s.id AND a.state = 'verified'
) k ON true LEFT JOIN LATERAL (
    SELECT started_at, sound FROM drills_drill WHERE tenant_id = s.id AND kind = 'company'
    ORDER BY started_at DESC LIMIT 1
) d ON true
ORDER BY s.troubled DESC, coalesce(s.snapshot_at, s.created_at), s.company_code
"""
_SUMMARY = f"""{_STANDING}
SELECT count(*), count(*) FILTER (WHERE snapshot_at >= %(oldest)s),
       count(*) FILTER (WHERE coalesce(snapshot_at, created_at) < %(oldest)s), count(*) FILTER (WHERE troubled),
       min(coalesce(snapshot_at, created_at)),
       (array_agg(company_code ORDER BY coalesce(snapshot_at, created_at), company_code))[1]
FROM standing
"""
_DRILLS_OVERDUE = "SELECT count(*) FROM backup_watch_backupproblem WHERE kind = 'drill_due' AND ended_at IS NULL"
_NOT_COPIED = "SELECT min(verified_at) FROM backups_archive WHERE state = 'verified' AND copied_at IS NULL"


@dataclass(frozen=True, slots=True)
class CompanyBackups:
    """One company: the newest moment it can be restored to, its bytes and seconds; generations, last drill."""

    tenant_id: UUID
    company_code: str
    name: str
    created_at: datetime
    plan_code: str
    newest_at: datetime | None
    size: int | None
    seconds: float | None
    troubled: bool
    kept: int
    drilled_at: datetime | None
    drill_sound: bool | None

    @property
    def plan(self) -> Plan:
        """What the company has contracted."""
        return PLANS[PlanCode(self.plan_code)]

    @property
    def age(self) -> timedelta:
        """How much work would be lost now: since the newest backup, or since there is the company."""
        return timezone.now() - (self.newest_at or self.created_at)

    @property
    def is_late(self) -> bool:
        """Whether that is more than was promised (B1)."""
        return self.age > RECOVERY_POINT_OBJECTIVE


@dataclass(frozen=True, slots=True)
class Summary:
    """All companies together: how many there are, have a verified backup younger than 25 hours, are late, in trouble.

    A company of today is not late before its first night.
    `worst_age` is the age of the oldest newest backup, `worst_company` whose it is. `waiting_since` is when the oldest
    archive that is not yet at the second site was verified; None when all are, or when there is no second site.
    """

    companies: int
    fresh: int
    late: int
    troubled: int
    worst_age: timedelta | None
    worst_company: str
    waiting_since: datetime | None
    drills_overdue: int

    @property
    def worst_hours(self) -> float:
        """The worst age in hours."""
        return self.worst_age.total_seconds() / 3600 if self.worst_age else 0.0


class _Companies(Sequence[CompanyBackups]):
    """What the paginator takes pages from, each by a statement of its own."""

    def __init__(self, params: dict[str, Any]) -> None:
        self._params = params

    def __len__(self) -> int:
        return int(_rows(_COUNT, self._params)[0][0])

    def __getitem__(self, index: Any) -> Any:
        params = self._params | {"limit": index.stop - index.start, "offset": index.start}
        return [CompanyBackups(*row) for row in _rows(_PAGE, params)]


def company_page(*, text: str = "", troubled: bool = False, number: Any = 1) -> Page[CompanyBackups]:
    """One page of the companies that are backed up, worst off first: with a text in code or name, in trouble."""
    params = {"text": text, "troubled": troubled, "oldest": _oldest()}
    return Paginator(_Companies(params), PER_PAGE).get_page(number)


def summary(*, second_site: bool) -> Summary:
    """The figures of all companies."""
    (companies, fresh, late, troubled, oldest, worst), *_others = _rows(_SUMMARY, {"oldest": _oldest()})
    waiting = _rows(_NOT_COPIED, {})[0][0] if second_site else None
    age = timezone.now() - oldest if oldest else None
    return Summary(companies, fresh, late, troubled, age, worst or "", waiting, _rows(_DRILLS_OVERDUE, {})[0][0])


def _oldest() -> datetime:
    return timezone.now() - RECOVERY_POINT_OBJECTIVE


def _rows(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
