"""Partitions of the audit log, made ahead of time (G5).

Only the owner may make tables. The platform role may call one function of the database that makes exactly these.
"""

from tenants.isolation.definers import declare_definer
from tenants.isolation.roles import PLATFORM
from tenants.isolation.transactions import current_connection, platform_transaction

DAYS_AHEAD = 30

declare_definer(
    "auditlog_make_partitions(date, integer)", executors={PLATFORM}, purpose="makes the log's partitions, and no others"
)


def make_partitions(days_ahead: int = DAYS_AHEAD) -> int:
    """Make the missing partitions from today on; returns how many were made."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute("SELECT auditlog_make_partitions(current_date, %s)", [days_ahead])
        (made,) = cursor.fetchone()
    return int(made)
