"""Results of verifications and alarms about them."""

from django.db import migrations, models

import tenants.isolation.context
import tenants.isolation.models
from tenants.isolation.operations import GrantTable, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cause", models.CharField(max_length=120, unique=True)),
                ("about", models.UUIDField(null=True)),
                ("finding", models.CharField(max_length=20)),
                ("place", models.TextField()),
                ("noticed_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="HeadCheck",
            fields=[
                ("finding", models.CharField(blank=True, max_length=20, verbose_name="result")),
                ("place", models.TextField(blank=True, verbose_name="broken place")),
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("ended_at", models.DateTimeField()),
                ("heads", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "verification",
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="VerificationRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(default=tenants.isolation.context.require_tenant_id, editable=False)),
                ("finding", models.CharField(blank=True, max_length=20, verbose_name="result")),
                ("place", models.TextField(blank=True, verbose_name="broken place")),
                ("day", models.DateField()),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(verbose_name="verified")),
                ("segments", models.BigIntegerField()),
                ("events", models.BigIntegerField(verbose_name="events")),
                ("expired", models.BigIntegerField(verbose_name="expired since")),
                ("unsealed", models.BigIntegerField(verbose_name="not yet sealed")),
            ],
            options={
                "verbose_name": "verification",
                "ordering": ["-day"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("tenant_id", "day"), name="verification_run_day")],
            },
        ),
        GrantTable("Alarm", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("HeadCheck", platform={"SELECT", "INSERT"}),
        TenantTable("VerificationRun", app={"SELECT", "INSERT"}, platform={"SELECT"}),
    ]
