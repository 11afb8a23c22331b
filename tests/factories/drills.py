"""Drills as they are kept, without anything having been restored."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from backups.drills.models import CheckCode, Drill
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant

CHECKS = [{"code": code, "sound": True, "count": 5, "error": "", "seconds": 0.25} for code in CheckCode.values]


def make_drill(tenant: Tenant, started_at: datetime | None = None, **fields: Any) -> Drill:
    """A sound drill of a company, now or then; the test must use the alias of the platform role."""
    values = {"seconds": 2.0, "load_seconds": 1.5, "rows": 300, "sound": True, "checks": CHECKS, "tool": "sekisho"}
    drill = Drill(
        tenant_id=tenant.id, archive_id=new_id(), started_at=started_at or timezone.now(), **{**values, **fields}
    )
    with platform_transaction():
        drill.save(force_insert=True)
    return drill
