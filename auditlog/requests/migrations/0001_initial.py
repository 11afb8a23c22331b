"""The request log, one partition a day: a day that is over its time is dropped, not deleted row by row."""

from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.assets import APPEND_ONLY
from tenants.isolation.roles import PLATFORM

TABLE = "requests_requestentry"

CREATE = [
    f"""
    CREATE TABLE {TABLE} (
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        tenant_id uuid,
        user_id varchar(150) NOT NULL,
        ip inet,
        method varchar(8) NOT NULL,
        route varchar(200) NOT NULL,
        status smallint NOT NULL,
        duration_ms double precision NOT NULL,
        error varchar(100) NOT NULL,
        request_id varchar(64) NOT NULL,
        -- `at` first: an entry that comes a second time is found by it, and so is every period.
        PRIMARY KEY (at, id)
    ) PARTITION BY RANGE (at)
    """,
    *wall.grant_sql(TABLE, PLATFORM, APPEND_ONLY),
    f"""
    CREATE FUNCTION requests_turn_partitions(today date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        day date;
        child text;
        changed integer := 0;
    BEGIN
        IF abs(today - current_date) > 1 THEN
            RAISE EXCEPTION 'the partitions turn with the calendar, not before it';
        END IF;
        FOR day IN SELECT generate_series(today - 30, today + 7, interval '1 day')::date LOOP
            child := '{TABLE}_' || to_char(day, 'YYYYMMDD');
            IF to_regclass('public.' || child) IS NULL THEN
                EXECUTE format('CREATE TABLE public.%I (LIKE public.{TABLE} INCLUDING ALL)', child);
                EXECUTE format(
                    'ALTER TABLE public.{TABLE} ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', child,
                    day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
                changed := changed + 1;
            END IF;
        END LOOP;
        FOR child IN
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'public.{TABLE}'::regclass AND relname < '{TABLE}_' || to_char(today - 30, 'YYYYMMDD')
        LOOP
            EXECUTE format('DROP TABLE public.%I', child);
            changed := changed + 1;
        END LOOP;
        RETURN changed;
    END $$
    """,
    "REVOKE ALL ON FUNCTION requests_turn_partitions(date) FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION requests_turn_partitions(date) TO {PLATFORM}",
    "SELECT requests_turn_partitions(current_date)",
]


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(CREATE, [f"DROP TABLE {TABLE}", "DROP FUNCTION requests_turn_partitions(date)"])
            ],
            state_operations=[
                migrations.CreateModel(
                    name="RequestEntry",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=tenants.isolation.models.new_id,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("tenant_id", models.UUIDField(blank=True, null=True)),
                        ("user_id", models.CharField(blank=True, max_length=150)),
                        ("ip", models.GenericIPAddressField(blank=True, null=True)),
                        ("method", models.CharField(max_length=8)),
                        ("route", models.CharField(max_length=200)),
                        ("status", models.PositiveSmallIntegerField()),
                        ("duration_ms", models.FloatField()),
                        ("error", models.CharField(blank=True, max_length=100)),
                        ("request_id", models.CharField(max_length=64)),
                    ],
                    options={"ordering": ["-at", "-id"]},
                ),
            ],
        ),
    ]
