"""Figures of usage. `usage_documents` counts documents for them: two numbers a company, no content."""

from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable
from tenants.isolation.roles import PLATFORM

_COUNT = f"""
CREATE FUNCTION usage_documents() RETURNS TABLE (tenant_id uuid, documents bigint, storage bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.id, coalesce(d.documents, 0),
        coalesce(
            s.size,
            (SELECT sum(v.size)::bigint FROM public.documents_documentversion v WHERE v.tenant_id = t.id),
            0)
    FROM public.tenants_tenant t
    LEFT JOIN (SELECT tenant_id, count(*) AS documents FROM public.documents_document GROUP BY 1) d ON d.tenant_id = t.id
    LEFT JOIN public.documents_storageuse s ON s.tenant_id = t.id
$$;
REVOKE ALL ON FUNCTION usage_documents() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usage_documents() TO {PLATFORM};
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenants", "0001_initial"), ("documents", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="UsageDay",
            fields=[
                ("users_active", models.PositiveIntegerField(null=True)),
                ("users_suspended", models.PositiveIntegerField(null=True)),
                ("documents", models.PositiveBigIntegerField(null=True)),
                ("storage", models.PositiveBigIntegerField(null=True)),
                ("backups", models.PositiveBigIntegerField(null=True)),
                ("requests", models.PositiveIntegerField(default=0)),
                ("errors", models.PositiveIntegerField(default=0)),
                ("median_ms", models.FloatField(null=True)),
                ("p95_ms", models.FloatField(null=True)),
                ("events", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                ("day", models.DateField()),
            ],
            options={
                "ordering": ["day"],
                "indexes": [models.Index(fields=["day"], name="usage_day_of_all")],
                "constraints": [models.UniqueConstraint(fields=("tenant_id", "day"), name="usage_day_once")],
            },
        ),
        migrations.CreateModel(
            name="UsageHour",
            fields=[
                ("users_active", models.PositiveIntegerField(null=True)),
                ("users_suspended", models.PositiveIntegerField(null=True)),
                ("documents", models.PositiveBigIntegerField(null=True)),
                ("storage", models.PositiveBigIntegerField(null=True)),
                ("backups", models.PositiveBigIntegerField(null=True)),
                ("requests", models.PositiveIntegerField(default=0)),
                ("errors", models.PositiveIntegerField(default=0)),
                ("median_ms", models.FloatField(null=True)),
                ("p95_ms", models.FloatField(null=True)),
                ("events", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                ("hour", models.DateTimeField()),
            ],
            options={
                "ordering": ["hour"],
                "indexes": [models.Index(fields=["hour"], name="usage_hour_of_all")],
                "constraints": [models.UniqueConstraint(fields=("tenant_id", "hour"), name="usage_hour_once")],
            },
        ),
        *(
            operation
            for name in ("UsageHour", "UsageDay")
            for operation in (
                GrantTable(name, app={"SELECT"}, platform={"SELECT", "INSERT"}),
                # A company reads its own.
                migrations.RunSQL(wall.policy_sql(f"usage_{name.lower()}"), migrations.RunSQL.noop),
            )
        ),
        migrations.RunSQL(
            wall.expiry_sql("usage_usagehour", "id", "hour", 90),
            f"DROP FUNCTION {wall.expiry_function('usage_usagehour')}",
        ),
        migrations.RunSQL(_COUNT, "DROP FUNCTION usage_documents()"),
    ]
