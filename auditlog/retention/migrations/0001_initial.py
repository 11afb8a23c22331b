"""Problems with the partitions, and changes of class that are being carried out."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.context
import tenants.isolation.models
from tenants.isolation.operations import GrantTable, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auditlog", "0004_partitions")]

    operations = [
        migrations.CreateModel(
            name="Problem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing", "Partitions are missing"),
                            ("overdue", "Expired partitions are still there"),
                            ("refused", "More is due than can be: check the clock"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "retention_class",
                    models.CharField(
                        choices=[("d30", "30 days"), ("d180", "180 days"), ("y7", "7 years")], max_length=8
                    ),
                ),
                ("places", models.JSONField(default=list)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("told_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-began_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("kind", "retention_class"),
                        name="audit_retention_problem_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Relocation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(default=tenants.isolation.context.require_tenant_id, editable=False)),
                (
                    "from_class",
                    models.CharField(
                        choices=[("d30", "30 days"), ("d180", "180 days"), ("y7", "7 years")], max_length=8
                    ),
                ),
                (
                    "to_class",
                    models.CharField(
                        choices=[("d30", "30 days"), ("d180", "180 days"), ("y7", "7 years")], max_length=8
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("total", models.BigIntegerField(null=True)),
                ("declared_on", models.DateField(null=True)),
                ("moved", models.BigIntegerField(default=0)),
                ("removed", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("tenant_id",), name="audit_retention_relocation_once")],
            },
        ),
        GrantTable("Problem", platform={"SELECT", "INSERT", "UPDATE"}),
        TenantTable("Relocation", app={"SELECT", "INSERT", "UPDATE"}, platform={"SELECT", "UPDATE"}),
    ]
