"""Cancellations, written by the platform role; a company reads its own."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.context
import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.assets import READ_ONLY
from tenants.isolation.operations import GrantTable, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CancellationWords",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(default=tenants.isolation.context.require_tenant_id, editable=False)),
                ("cancellation_id", models.UUIDField()),
                ("requested_by_name", models.CharField(max_length=150, verbose_name="requested by")),
                ("comment", models.TextField(blank=True, max_length=2000, verbose_name="comment")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Requested"), ("withdrawn", "Withdrawn"), ("effective", "In effect")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("unused", "No longer needed"),
                            ("features", "Functions are missing"),
                            ("price", "Price"),
                            ("moved", "Move to another service"),
                            ("organisation", "Reorganisation, merger or closing"),
                            ("trial", "The trial is over"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("company", "The company"), ("provider", "The provider, on behalf of the company")],
                        max_length=10,
                        verbose_name="requested by",
                    ),
                ),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="requested")),
                ("last_day", models.DateField(verbose_name="last day of use")),
                ("time_zone", models.CharField(max_length=50)),
                ("suspend_at", models.DateTimeField(verbose_name="use ends")),
                ("erase_at", models.DateTimeField(verbose_name="erasure begins")),
                ("gone_by", models.DateTimeField(verbose_name="gone from backups")),
                ("state_before", models.CharField(max_length=12)),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                ("effective_at", models.DateTimeField(null=True, verbose_name="in effect since")),
                ("erasure_id", models.UUIDField(null=True)),
                ("told", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "cancellation",
                "verbose_name_plural": "cancellations",
                "ordering": ["-requested_at", "-id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["suspend_at"], name="cancellation_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("tenant_id",),
                        name="cancellation_once",
                    )
                ],
            },
        ),
        TenantTable("CancellationWords", app=READ_ONLY, platform={"SELECT", "INSERT"}),
        GrantTable("Cancellation", app=READ_ONLY, platform={"SELECT", "INSERT", "UPDATE"}),
        migrations.RunSQL(wall.policy_sql("cancellation_cancellation"), migrations.RunSQL.noop),
    ]
