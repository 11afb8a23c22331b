"""What drills proved."""

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
            name="Drill",
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
                        choices=[("company", "One company"), ("rebuild", "The whole service")],
                        default="company",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                ("archive_id", models.UUIDField()),
                ("snapshot_at", models.DateTimeField(null=True, verbose_name="as of")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                ("prepare_seconds", models.FloatField(default=0)),
                ("load_seconds", models.FloatField(default=0)),
                ("check_seconds", models.FloatField(default=0)),
                ("seconds", models.FloatField(verbose_name="recovery time")),
                ("rows", models.BigIntegerField(default=0, verbose_name="rows")),
                ("objects_listed", models.BigIntegerField(default=0, verbose_name="files in the backup")),
                ("files_opened", models.IntegerField(default=0, verbose_name="files opened")),
                ("bytes_opened", models.BigIntegerField(default=0)),
                ("sound", models.BooleanField(verbose_name="result")),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("archive", "Manifest and signature"),
                            ("load", "Loading"),
                            ("rows", "Numbers of rows"),
                            ("digests", "Contents of the tables"),
                            ("foreign_keys", "References between tables"),
                            ("log", "Audit log"),
                            ("secrets", "Sealed secrets"),
                            ("files", "Files"),
                        ],
                        max_length=20,
                        verbose_name="cause",
                    ),
                ),
                ("error", models.TextField(blank=True, verbose_name="what was found")),
                ("checks", models.JSONField(default=list)),
                ("tool", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name": "restore drill",
                "verbose_name_plural": "restore drills",
                "ordering": ["-started_at", "-id"],
                "indexes": [
                    models.Index(fields=["tenant_id", "-started_at"], name="drills_drill_newest"),
                    models.Index(fields=["kind", "started_at"], name="drills_drill_series"),
                ],
            },
        ),
        GrantTable("Drill", app={"SELECT"}, platform={"SELECT", "INSERT"}),
        # A company reads its own.
        migrations.RunSQL(wall.policy_sql("drills_drill"), migrations.RunSQL.noop),
    ]
