"""Partitions without standing in anybody's way: made apart and then attached, dropped one at a time, rows moved (G5)."""

from importlib import import_module
from typing import Any

from django.db import migrations

from tenants.isolation import wall
from tenants.isolation.roles import APP, PLATFORM

TABLE = "auditlog_auditevent"

# Every partition with what it holds and from when on it may go. Anybody may read the catalogue, so it needs no rights.
_LIST = f"""
CREATE FUNCTION auditlog_partitions()
RETURNS TABLE (name text, class text, begins timestamptz, ends timestamptz, due timestamptz, bytes bigint, rows bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp SET datestyle = 'ISO' SET timezone = 'UTC' AS $$
    SELECT name, class, begins, ends,
        ends + CASE class WHEN 'd30' THEN interval '30 days' WHEN 'd180' THEN interval '180 days'
               ELSE interval '7 years' END,
        pg_total_relation_size(oid), greatest(reltuples, 0)::bigint
    FROM (
        SELECT child.oid, child.relname::text AS name, substr(parent.relname, length('{TABLE}_') + 1) AS class,
            child.reltuples, bound[1]::timestamptz AS begins, bound[2]::timestamptz AS ends
        FROM pg_inherits AS top
        JOIN pg_class AS parent ON parent.oid = top.inhrelid
        JOIN pg_inherits AS below ON below.inhparent = parent.oid AND NOT below.inhdetachpending
        JOIN pg_class AS child ON child.oid = below.inhrelid
        CROSS JOIN LATERAL regexp_match(
            pg_get_expr(child.relpartbound, child.oid), 'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)') AS bound
        WHERE top.inhparent = 'public.{TABLE}'::regclass
    ) AS found
$$
"""
# `LIKE` and ATTACH let everybody read and write meanwhile; CREATE … PARTITION OF would lock the whole log.
_MAKE = f"""
CREATE FUNCTION auditlog_make_partitions(class text, first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parent text := '{TABLE}_' || class;
    unit text := CASE class WHEN 'y7' THEN 'month' ELSE 'day' END;
    lower_end timestamp;
    child text;
    made integer := 0;
BEGIN
    IF class NOT IN ('d30', 'd180', 'y7') OR last_day - first_day > 400 OR last_day > current_date + 400 THEN
        RAISE EXCEPTION 'no such partitions are made: % from % to %', class, first_day, last_day
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR lower_end IN SELECT generate_series(date_trunc(unit, first_day), last_day, ('1 ' || unit)::interval) LOOP
        child := parent || to_char(lower_end, '_YYYYMMDD');
        CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
        PERFORM pg_advisory_xact_lock(hashtextextended('auditlog_make_partitions', 0));
        CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', child, parent);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', child);
        EXECUTE format('CREATE POLICY {wall.TENANT_POLICY} ON public.%I TO {APP} USING (%s) WITH CHECK (%s)',
            child, $wall${wall.TENANT_CONDITION}$wall$, $wall${wall.TENANT_CONDITION}$wall$);
        EXECUTE format(
            'CREATE POLICY {wall.PLATFORM_POLICY} ON public.%I TO {PLATFORM} USING (true) WITH CHECK (true)', child);
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', parent, child,
            lower_end AT TIME ZONE 'UTC', (lower_end + ('1 ' || unit)::interval) AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    RETURN made;
END $$
"""
# While it waits for whoever reads, everybody else waits behind it: hence the short patience. The count comes first.
_DROP = """
CREATE FUNCTION auditlog_drop_partition(partition text, today date, most_due integer) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '250ms' AS $$
DECLARE
    chosen record;
    due_now integer;
    events jsonb;
BEGIN
    SELECT * INTO chosen FROM auditlog_partitions() WHERE name = partition;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is no partition of the audit log', partition USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF today IS NULL OR abs(today - (now() AT TIME ZONE 'UTC')::date) > 1 THEN
        RAISE EXCEPTION 'the caller believes in %, the database in %', today, now()
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF chosen.due > now() THEN
        RAISE EXCEPTION '% is kept until %', partition, chosen.due USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT count(*) INTO due_now FROM auditlog_partitions() WHERE class = chosen.class AND due <= now();
    IF due_now > least(most_due, 400) THEN
        RAISE EXCEPTION '% partitions of % are due at once', due_now, chosen.class
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('SELECT jsonb_object_agg(tenant_id, events) FROM (
        SELECT tenant_id, count(*) AS events FROM public.%I GROUP BY tenant_id) AS counted', partition) INTO events;
    EXECUTE format('DROP TABLE public.%I', partition);
    RETURN coalesce(events, '{}');
END $$
"""
# A batch in the order of the key. An UPDATE of the class takes the row to another partition and leaves all else as it
# is, which is what the seals hold. Rows that the new class would have dropped already go.
_MOVE = f"""
CREATE FUNCTION auditlog_move_events(
    tenant uuid, class text, today date, most integer, OUT moved bigint, OUT removed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept_from timestamptz := date_trunc(
        CASE class WHEN 'y7' THEN 'month' ELSE 'day' END,
        (now() AT TIME ZONE 'UTC') - CASE class WHEN 'd30' THEN interval '30 days' WHEN 'd180' THEN interval '180 days'
                                     WHEN 'y7' THEN interval '7 years' END) AT TIME ZONE 'UTC';
    first_at timestamptz;
    last_at timestamptz;
    last_id uuid;
    day record;
    batch text := ' WHERE tenant_id = $1 AND retention_class <> $2 AND at >= $3 AND at <= $4 AND (at, id) <= ($4, $5)';
BEGIN
    IF kept_from IS NULL OR today IS NULL OR abs(today - (now() AT TIME ZONE 'UTC')::date) > 1 THEN
        RAISE EXCEPTION 'no events are moved to % on %, by the database %', class, today, now()
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    moved := 0;
    removed := 0;
    EXECUTE 'SELECT min(at), max(at), (array_agg(id ORDER BY at DESC, id DESC))[1] FROM (
        SELECT at, id FROM public.{TABLE} WHERE tenant_id = $1 AND retention_class <> $2
        ORDER BY at, id LIMIT $3) AS batch' INTO first_at, last_at, last_id USING tenant, class, most;
    IF last_at IS NULL THEN
        RETURN;
    END IF;
    IF first_at < kept_from THEN
        EXECUTE 'DELETE FROM public.{TABLE}' || batch || ' AND at < $6'
            USING tenant, class, first_at, last_at, last_id, kept_from;
        GET DIAGNOSTICS removed = ROW_COUNT;
        first_at := kept_from;
    END IF;
    IF first_at <= last_at THEN
        FOR day IN EXECUTE 'SELECT DISTINCT (at AT TIME ZONE ''UTC'')::date AS day FROM public.{TABLE}' || batch
            USING tenant, class, first_at, last_at, last_id
        LOOP
            PERFORM auditlog_make_partitions(class, day.day, day.day);
        END LOOP;
        EXECUTE 'UPDATE public.{TABLE} SET retention_class = $2' || batch
            USING tenant, class, first_at, last_at, last_id;
        GET DIAGNOSTICS moved = ROW_COUNT;
    END IF;
END $$
"""
_DOORS = (
    "auditlog_make_partitions(text, date, date)",
    "auditlog_drop_partition(text, date, integer)",
    "auditlog_move_events(uuid, text, date, integer)",
)
_FORMER = "auditlog_make_partitions(date, integer)"
_FIRST: Any = import_module("auditlog.migrations.0001_initial")

FORWARDS = [
    f"DROP FUNCTION {_FORMER}",
    _LIST,
    _MAKE,
    _DROP,
    _MOVE,
    *(f"REVOKE ALL ON FUNCTION {door} FROM PUBLIC" for door in _DOORS),
    *(f"GRANT EXECUTE ON FUNCTION {door} TO {PLATFORM}" for door in _DOORS),
    "SELECT auditlog_make_partitions('y7', current_date, (current_date + interval '3 months')::date)",
]
BACKWARDS = [
    *(f"DROP FUNCTION {door}" for door in (*_DOORS, "auditlog_partitions()")),
    *(statement for statement in _FIRST.CREATE if "FUNCTION auditlog_make_partitions" in statement),
]


class Migration(migrations.Migration):
    dependencies = [("auditlog", "0003_class_of_tenant")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
