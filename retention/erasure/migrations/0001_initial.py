"""Erasures: for the platform role, and for the owner who carries them out."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                (
                    "ground",
                    models.CharField(
                        choices=[("cancellation", "Cancellation"), ("deletion", "Deletion by the provider")],
                        max_length=12,
                        verbose_name="ground",
                    ),
                ),
                ("ground_id", models.UUIDField(editable=False, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("running", "Running"),
                            ("held", "Stopped by a legal hold"),
                            ("proven", "Erased and proven"),
                            ("failed", "Interrupted"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("ledger", "Entry in the erasure ledger"),
                            ("memory", "Sessions, caches and queued tasks"),
                            ("contents", "Contents of documents and files"),
                            ("rows", "Rows of the database"),
                            ("keys", "Destruction of the keys"),
                            ("archives", "Backups"),
                            ("proof", "Proof of absence"),
                        ],
                        default="ledger",
                        max_length=10,
                        verbose_name="step",
                    ),
                ),
                ("planned_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="planned")),
                ("begin_at", models.DateTimeField(verbose_name="begins")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("begun_at", models.DateTimeField(null=True, verbose_name="begun")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("counts", models.JSONField(default=dict)),
                ("key_ids", models.JSONField(default=list)),
                ("holdbacks", models.JSONField(default=list)),
                ("proof", models.JSONField(default=dict)),
                ("error", models.TextField(blank=True, verbose_name="cause")),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "erasure of a company",
                "verbose_name_plural": "erasures of companies",
                "ordering": ["-planned_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["proven", "withdrawn"]), _negated=True),
                        fields=["begin_at"],
                        name="erasure_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("tenant_id",),
                        name="erasure_once",
                    )
                ],
            },
        ),
        GrantTable("Erasure", platform={"SELECT", "INSERT", "UPDATE"}),
    ]
