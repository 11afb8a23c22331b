"""Counting what companies used: a few statements for all of them together, each hour (T9).

A statement writes only what is not there, so a job may end anywhere and be run again. What flows (requests, events) is
counted for missed hours as well, as long as the logs know it; stock is known only for the hour that has just ended.
"""

from datetime import datetime, timedelta

from tenants.isolation.transactions import current_connection, platform_transaction

_HOUR = timedelta(hours=1)
# The request log knows the last 30 days.
_CATCH_UP = timedelta(days=30)

_HOURS = """
WITH missing AS (
    SELECT t.id AS tenant_id, h AS hour
    FROM tenants_tenant t
    CROSS JOIN LATERAL generate_series(
        greatest(
            coalesce((SELECT max(u.hour) + interval '1 hour' FROM usage_usagehour u WHERE u.tenant_id = t.id),
                     date_trunc('hour', t.created_at)),
            %(since)s::timestamptz),
        %(newest)s::timestamptz, interval '1 hour') AS h
    WHERE t.state <> 'erased'
), span AS (
    SELECT min(hour) AS since FROM missing
), asked AS (
    SELECT tenant_id, date_trunc('hour', at) AS hour, count(*) AS requests,
           count(*) FILTER (WHERE status >= 500) AS errors,
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms) AS times
    FROM requests_requestentry
    WHERE at >= (SELECT since FROM span) AND at < %(until)s AND tenant_id IS NOT NULL
    GROUP BY 1, 2
), recorded AS (
    SELECT tenant_id, date_trunc('hour', at) AS hour, count(*) AS events
    FROM auditlog_auditevent WHERE at >= (SELECT since FROM span) AND at < %(until)s
    GROUP BY 1, 2
), people AS (
    SELECT tenant_id, count(*) FILTER (WHERE state <> 'suspended') AS active,
           count(*) FILTER (WHERE state = 'suspended') AS suspended
    FROM accounts_user GROUP BY 1
), kept AS (
    SELECT tenant_id, sum(size)::bigint AS size FROM backups_archive WHERE state = 'verified' GROUP BY 1
)
INSERT INTO usage_usagehour (id, tenant_id, hour, users_active, users_suspended, documents, storage, backups,
                             requests, errors, median_ms, p95_ms, events)
SELECT gen_random_uuid(), m.tenant_id, m.hour,
       CASE WHEN m.hour = %(newest)s THEN coalesce(p.active, 0) END,
       CASE WHEN m.hour = %(newest)s THEN coalesce(p.suspended, 0) END,
       CASE WHEN m.hour = %(newest)s THEN coalesce(d.documents, 0) END,
       CASE WHEN m.hour = %(newest)s THEN coalesce(d.storage, 0) END,
       CASE WHEN m.hour = %(newest)s THEN coalesce(k.size, 0) END,
       coalesce(a.requests, 0), coalesce(a.errors, 0), a.times[1], a.times[2], coalesce(r.events, 0)
FROM missing m
LEFT JOIN asked a USING (tenant_id, hour)
LEFT JOIN recorded r USING (tenant_id, hour)
LEFT JOIN people p USING (tenant_id)
LEFT JOIN usage_documents() d USING (tenant_id)
LEFT JOIN kept k USING (tenant_id)
ON CONFLICT (tenant_id, hour) DO NOTHING
"""
# A day is over when its last hour is counted. Its times come from the requests themselves: hours cannot be averaged.
_STOCK = ", ".join(
    f"(array_agg(l.{name} ORDER BY l.hour DESC) FILTER (WHERE l.{name} IS NOT NULL))[1]"
    for name in ("users_active", "users_suspended", "documents", "storage", "backups")
)
_DAYS = f"""
WITH local AS (
    SELECT u.*, (u.hour AT TIME ZONE t.time_zone)::date AS day, t.time_zone
    FROM tenants_tenant t
    CROSS JOIN LATERAL (SELECT max(d.day) AS day FROM usage_usageday d WHERE d.tenant_id = t.id) AS done
    JOIN usage_usagehour u ON u.tenant_id = t.id
      AND u.hour >= greatest(%(since)s::timestamptz, (done.day + 1)::timestamp AT TIME ZONE t.time_zone)
    WHERE (u.hour AT TIME ZONE t.time_zone)::date < (%(until)s::timestamptz AT TIME ZONE t.time_zone)::date
), asked AS (
    SELECT e.tenant_id, (e.at AT TIME ZONE t.time_zone)::date AS day,
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY e.duration_ms) AS times
    FROM requests_requestentry e JOIN tenants_tenant t ON t.id = e.tenant_id
    WHERE e.at >= (SELECT min(hour) FROM local) AND e.at < %(until)s
    GROUP BY 1, 2
)
INSERT INTO usage_usageday (id, tenant_id, day, users_active, users_suspended, documents, storage, backups,
                            requests, errors, median_ms, p95_ms, events)
SELECT gen_random_uuid(), l.tenant_id, l.day,
       {_STOCK},
       sum(l.requests), sum(l.errors), min(a.times[1]), min(a.times[2]), sum(l.events)
FROM local l LEFT JOIN asked a USING (tenant_id, day)
GROUP BY l.tenant_id, l.day
ON CONFLICT (tenant_id, day) DO NOTHING
"""  # noqa: S608 - names of columns, written above


def count_hours(now: datetime) -> int:
    """Count every hour that is over and was not counted yet; how many hours of companies those were."""
    until = now.replace(minute=0, second=0, microsecond=0)
    newest = until - _HOUR
    return _run(_HOURS, until, newest=newest, since=newest - _CATCH_UP + _HOUR)


def sum_up_days(now: datetime) -> int:
    """Sum up every day of every company that is over where it is; how many days of companies those were."""
    until = now.replace(minute=0, second=0, microsecond=0)
    return _run(_DAYS, until, since=until - _CATCH_UP)


def _run(statement: str, until: datetime, **values: datetime) -> int:
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(statement, {"until": until, **values})
        return int(cursor.rowcount)
