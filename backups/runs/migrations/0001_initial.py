"""Runs of all companies, and archives of the platform."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PlatformArchive",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("run", models.UUIDField(editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("complete", "Not yet verified"),
                            ("verified", "Verified"),
                            ("damaged", "Damaged"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("snapshot_at", models.DateTimeField(null=True, verbose_name="as of")),
                ("verified_at", models.DateTimeField(null=True, verbose_name="verified")),
                ("manifest_sha256", models.CharField(blank=True, max_length=64)),
                ("row_count", models.BigIntegerField(default=0, verbose_name="rows")),
                ("archive_count", models.BigIntegerField(default=0, verbose_name="archives")),
                ("size", models.BigIntegerField(default=0, verbose_name="size")),
                ("error", models.TextField(blank=True, verbose_name="cause")),
                ("copied_at", models.DateTimeField(null=True, verbose_name="copied to the second site")),
            ],
            options={
                "verbose_name": "platform archive",
                "verbose_name_plural": "platform archives",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Run",
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
                        choices=[("scheduled", "Nightly"), ("command", "By hand")],
                        max_length=10,
                        verbose_name="begun by",
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("failed", "Failed, at least in part"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("snapshot_at", models.DateTimeField(null=True, verbose_name="as of")),
                ("companies", models.IntegerField(default=0, verbose_name="companies")),
                ("failed", models.IntegerField(default=0, verbose_name="failed")),
                ("rows", models.BigIntegerField(default=0, verbose_name="rows")),
                ("objects_count", models.BigIntegerField(default=0, verbose_name="files")),
                ("size", models.BigIntegerField(default=0, verbose_name="size")),
                ("error", models.TextField(blank=True, verbose_name="cause")),
                ("platform_archive", models.UUIDField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "backup run",
                "verbose_name_plural": "backup runs",
                "ordering": ["-started_at", "-id"],
            },
        ),
        GrantTable("Run", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("PlatformArchive", platform={"SELECT", "INSERT", "UPDATE", "DELETE"}),
    ]
