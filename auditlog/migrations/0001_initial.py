"""The audit log, partitioned by retention class and then by day (by month for seven years)."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.context
import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.assets import APPEND_ONLY
from tenants.isolation.roles import APP, PLATFORM

TABLE = "auditlog_auditevent"

CREATE = [
    f"""
    CREATE TABLE {TABLE} (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        retention_class varchar(8) NOT NULL,
        kind varchar(16) NOT NULL,
        action varchar(80) NOT NULL,
        outcome varchar(8) NOT NULL,
        actor_kind varchar(8) NOT NULL,
        actor_id uuid,
        actor_user_id varchar(150) NOT NULL,
        actor_name varchar(150) NOT NULL,
        ip inet,
        user_agent varchar(400) NOT NULL,
        session_id uuid,
        request_id varchar(64) NOT NULL,
        target_type varchar(80) NOT NULL,
        target_id varchar(80) NOT NULL,
        target_label varchar(400) NOT NULL,
        before jsonb,
        after jsonb,
        -- Rows below pg_snapshot_xmin() are complete: the sealer closes segments by it, not by time.
        transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
        PRIMARY KEY (tenant_id, at, id, retention_class)
    ) PARTITION BY LIST (retention_class)
    """,
    *(
        f"CREATE TABLE {TABLE}_{name} PARTITION OF {TABLE} FOR VALUES IN ('{name}') PARTITION BY RANGE (at)"
        for name in ("d30", "d180", "y7")
    ),
    f"CREATE INDEX auditlog_event_target ON {TABLE} (tenant_id, target_id, at)",
    f"CREATE INDEX auditlog_event_actor ON {TABLE} (tenant_id, actor_id, at)",
    *(statement for name in ("", "_d30", "_d180", "_y7") for statement in wall.policy_sql(TABLE + name)),
    *wall.grant_sql(TABLE, APP, APPEND_ONLY),
    *wall.grant_sql(TABLE, PLATFORM, APPEND_ONLY),
    f"""
    CREATE FUNCTION auditlog_make_partitions(first_day date, days_ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        class text;
        step interval;
        lower_end date;
        child text;
        made integer := 0;
    BEGIN
        FOREACH class IN ARRAY ARRAY['d30', 'd180', 'y7'] LOOP
            step := CASE WHEN class = 'y7' THEN interval '1 month' ELSE interval '1 day' END;
            lower_end := CASE WHEN class = 'y7' THEN date_trunc('month', first_day)::date ELSE first_day END;
            WHILE lower_end <= first_day + days_ahead LOOP
                child := format('{TABLE}_%s_%s', class, to_char(lower_end, 'YYYYMMDD'));
                IF to_regclass('public.' || child) IS NULL THEN
                    EXECUTE format(
                        'CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', child,
                        '{TABLE}_' || class, lower_end::timestamp AT TIME ZONE 'UTC',
                        (lower_end + step)::timestamp AT TIME ZONE 'UTC');
                    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', child);
                    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', child);
                    EXECUTE format(
                        'CREATE POLICY {wall.TENANT_POLICY} ON public.%I TO {APP} USING (%s) WITH CHECK (%s)',
                        child, {wall.TENANT_CONDITION!r}, {wall.TENANT_CONDITION!r});
                    EXECUTE format(
                        'CREATE POLICY {wall.PLATFORM_POLICY} ON public.%I TO {PLATFORM} USING (true)'
                        ' WITH CHECK (true)', child);
                    made := made + 1;
                END IF;
                lower_end := (lower_end + step)::date;
            END LOOP;
        END LOOP;
        RETURN made;
    END $$
    """.replace(repr(wall.TENANT_CONDITION), "$wall$" + wall.TENANT_CONDITION + "$wall$"),
    "REVOKE ALL ON FUNCTION auditlog_make_partitions(date, integer) FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION auditlog_make_partitions(date, integer) TO {PLATFORM}",
    "SELECT auditlog_make_partitions(current_date - 1, 31)",
]


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    CREATE,
                    [
                        f"DROP TABLE {TABLE}",
                        "DROP FUNCTION auditlog_make_partitions(date, integer)",
                    ],
                )
            ],
            state_operations=[
                migrations.CreateModel(
                    name="AuditEvent",
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
                        (
                            "tenant_id",
                            models.UUIDField(default=tenants.isolation.context.require_tenant_id, editable=False),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                        (
                            "retention_class",
                            models.CharField(
                                choices=[("d30", "30 days"), ("d180", "180 days"), ("y7", "7 years")],
                                default="d180",
                                max_length=8,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("login", "Log-in and log-out"),
                                    ("rights", "Changes of rights"),
                                    ("users", "Users and roles"),
                                    ("execution", "Service execution"),
                                    ("screen", "Screens"),
                                    ("data", "Data access"),
                                    ("sensitive", "Specially sensitive data"),
                                    ("error", "Errors and refusals"),
                                    ("trace", "Traces"),
                                ],
                                max_length=16,
                                verbose_name="kind",
                            ),
                        ),
                        ("action", models.CharField(max_length=80, verbose_name="action")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("success", "Success"), ("failure", "Failure"), ("denied", "Denied")],
                                default="success",
                                max_length=8,
                                verbose_name="result",
                            ),
                        ),
                        (
                            "actor_kind",
                            models.CharField(
                                choices=[
                                    ("user", "User"),
                                    ("operator", "Operator"),
                                    ("client", "API client"),
                                    ("system", "System"),
                                    ("anyone", "Not logged in"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("actor_id", models.UUIDField(null=True)),
                        ("actor_user_id", models.CharField(max_length=150, verbose_name="user ID")),
                        ("actor_name", models.CharField(max_length=150, verbose_name="name")),
                        ("ip", models.GenericIPAddressField(null=True, verbose_name="source IP")),
                        ("user_agent", models.CharField(max_length=400)),
                        ("session_id", models.UUIDField(null=True)),
                        ("request_id", models.CharField(max_length=64)),
                        ("target_type", models.CharField(max_length=80)),
                        ("target_id", models.CharField(max_length=80)),
                        ("target_label", models.CharField(max_length=400, verbose_name="target")),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                    ],
                    options={
                        "verbose_name": "audit event",
                        "verbose_name_plural": "audit events",
                        "ordering": ["-at", "-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                    },
                ),
            ],
        ),
    ]
