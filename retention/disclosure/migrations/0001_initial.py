"""Disclosures and their hand-outs: for the platform role only; after ten years they go."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("tenant_id", models.UUIDField(editable=False)),
                ("company_code", models.CharField(max_length=20, verbose_name="company code")),
                ("company_name", models.CharField(max_length=150, verbose_name="organisation name")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("company", "The whole company"),
                            ("folder", "A folder with everything below it"),
                            ("document", "One document"),
                            ("person", "One person"),
                            ("audit", "The audit log between two days"),
                        ],
                        max_length=10,
                        verbose_name="scope",
                    ),
                ),
                ("scope_id", models.UUIDField(null=True)),
                ("scope_label", models.CharField(blank=True, max_length=2000, verbose_name="scope")),
                ("since", models.DateTimeField(null=True, verbose_name="from")),
                ("until", models.DateTimeField(null=True, verbose_name="to")),
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("hold_id", models.UUIDField(null=True)),
                ("authority", models.CharField(max_length=150, verbose_name="authority")),
                ("reference", models.CharField(max_length=100, verbose_name="reference number")),
                ("legal_ground", models.CharField(max_length=300, verbose_name="legal ground")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("requested_on", models.DateField(verbose_name="ordered on")),
                ("sealed", models.BooleanField(default=False, verbose_name="sealed")),
                ("sealing_ground", models.CharField(blank=True, max_length=300, verbose_name="ground for sealing")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for a second operator"),
                            ("running", "The package is being made"),
                            ("completed", "The package is ready"),
                            ("refused", "Refused"),
                            ("failed", "The package could not be made"),
                            ("removed", "The package was removed"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                ("asked_by_id", models.UUIDField()),
                ("asked_by_name", models.CharField(max_length=150, verbose_name="asked by")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("decided_by_id", models.UUIDField(null=True)),
                ("decided_by_name", models.CharField(blank=True, max_length=150, verbose_name="decided by")),
                ("run", models.UUIDField(null=True)),
                ("begun_at", models.DateTimeField(null=True)),
                ("ready_at", models.DateTimeField(null=True, verbose_name="ready")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="removed on")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("counts", models.JSONField(default=dict)),
                ("error", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name": "disclosure",
                "verbose_name_plural": "disclosures",
                "ordering": ["-asked_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="HandOut",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("disclosure_id", models.UUIDField()),
                ("tenant_id", models.UUIDField(editable=False)),
                ("handed_on", models.DateField(verbose_name="handed out on")),
                ("recipient", models.CharField(max_length=200, verbose_name="to whom")),
                ("way", models.CharField(max_length=200, verbose_name="how")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="noted")),
                ("noted_by_id", models.UUIDField()),
                ("noted_by_name", models.CharField(max_length=150, verbose_name="noted by")),
            ],
            options={
                "verbose_name": "hand-out",
                "ordering": ["-handed_on", "-noted_at"],
            },
        ),
        GrantTable("Disclosure", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("HandOut", platform={"SELECT", "INSERT"}),
        *(
            migrations.RunSQL(
                wall.expiry_sql(table, "id", moment, 3650), f"DROP FUNCTION {wall.expiry_function(table)}"
            )
            for table, moment in (("disclosure_disclosure", "asked_at"), ("disclosure_handout", "noted_at"))
        ),
    ]
