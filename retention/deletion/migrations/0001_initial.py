"""Requests to delete companies: for the platform role only."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DeletionRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                ("company_code", models.CharField(max_length=20, verbose_name="company code")),
                ("company_name", models.CharField(max_length=150, verbose_name="organisation name")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for a second operator"),
                            ("completed", "Confirmed"),
                            ("cancelled", "Withdrawn"),
                            ("expired", "Never confirmed"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("effect", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                ("asked_by_id", models.UUIDField()),
                ("asked_by_email", models.EmailField(max_length=254)),
                ("asked_by_name", models.CharField(max_length=150, verbose_name="asked by")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("decided_by_id", models.UUIDField(null=True)),
                ("decided_by_name", models.CharField(blank=True, max_length=150, verbose_name="decided by")),
                ("erasure_id", models.UUIDField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "deletion of a company",
                "verbose_name_plural": "deletions of companies",
                "ordering": ["-asked_at", "-id"],
                "abstract": False,
            },
        ),
        GrantTable("DeletionRequest", platform={"SELECT", "INSERT", "UPDATE"}),
    ]
