"""What probes saw, and the door through which a process learns whether its database is as new as itself."""

from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable
from tenants.isolation.roles import APP, PLATFORM

# The history of the schema is closed to the roles of the service; what was applied is all that they need of it.
_APPLIED = [
    """
    CREATE FUNCTION applied_migrations() RETURNS TABLE (app text, name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT m.app::text, m.name::text FROM public.django_migrations m
    $$
    """,
    "REVOKE ALL ON FUNCTION applied_migrations() FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION applied_migrations() TO {APP}, {PLATFORM}",
]


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ProbeInterval",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("probe", models.CharField(max_length=30)),
                ("place", models.CharField(default="inside", max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("up", "In order"),
                            ("degraded", "Impaired"),
                            ("down", "Out of order"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("samples", models.PositiveIntegerField(default=1)),
                ("value", models.FloatField(null=True)),
                ("detail", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-until"],
                "indexes": [models.Index(fields=["until"], name="monitoring_until")],
                "constraints": [models.UniqueConstraint(fields=("place", "probe", "since"), name="monitoring_series")],
            },
        ),
        GrantTable("ProbeInterval", platform={"SELECT", "INSERT", "UPDATE"}),
        migrations.RunSQL(
            wall.expiry_sql("monitoring_probeinterval", "id", "until", 400),
            f"DROP FUNCTION {wall.expiry_function('monitoring_probeinterval')}",
        ),
        migrations.RunSQL(_APPLIED, "DROP FUNCTION applied_migrations()"),
    ]
