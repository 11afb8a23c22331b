"""Thresholds, readings and alerts, for the platform role alone."""

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
            name="Threshold",
            fields=[
                ("measure", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("enabled", models.BooleanField(default=True)),
                ("warning", models.FloatField(null=True)),
                ("critical", models.FloatField(null=True)),
                ("for_minutes", models.PositiveSmallIntegerField(default=0)),
                ("margin", models.FloatField(default=0)),
                ("told", models.BooleanField(default=True)),
                ("opens_incident", models.BooleanField(default=False)),
                ("reason", models.CharField(max_length=500)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_by_name", models.CharField(max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("measure", models.CharField(max_length=40)),
                ("subject", models.CharField(blank=True, max_length=200)),
                (
                    "level",
                    models.CharField(
                        choices=[("unknown", "Cannot be measured"), ("warning", "Warning"), ("critical", "Critical")],
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("worst", models.FloatField(null=True)),
                ("worst_at", models.DateTimeField(null=True)),
                ("returns", models.PositiveSmallIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("calm", "The figure is in order again"),
                            ("gone", "It is no longer measured"),
                            ("off", "Its threshold was switched off"),
                        ],
                        max_length=10,
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by_id", models.UUIDField(null=True)),
                ("acknowledged_by_name", models.CharField(blank=True, max_length=150)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("incident_id", models.UUIDField(null=True)),
                ("incident_number", models.CharField(blank=True, max_length=20)),
                ("limits", models.JSONField(default=dict)),
                ("steps", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["-opened_at", "-id"],
                "indexes": [
                    models.Index(fields=["-opened_at", "-id"], name="alerts_alert_newest"),
                    models.Index(fields=["measure", "subject", "closed_at"], name="alerts_alert_closed"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)), fields=("measure", "subject"), name="alerts_alert_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("measure", models.CharField(max_length=40)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("value", models.FloatField()),
            ],
            options={
                "ordering": ["at"],
                "indexes": [models.Index(fields=["at"], name="alerts_sample_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("measure", "subject", "at"), name="alerts_sample_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Watched",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("measure", models.CharField(max_length=40)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("value", models.FloatField(null=True)),
                ("known", models.BooleanField(default=True)),
                ("at", models.DateTimeField(null=True)),
                ("warning_since", models.DateTimeField(null=True)),
                ("critical_since", models.DateTimeField(null=True)),
                ("unknown_since", models.DateTimeField(null=True)),
                ("calm_since", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["measure", "subject"],
                "constraints": [models.UniqueConstraint(fields=("measure", "subject"), name="alerts_watched_once")],
            },
        ),
        GrantTable("Threshold", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("Alert", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("Watched", platform={"SELECT", "INSERT", "UPDATE", "DELETE"}),
        GrantTable("Sample", platform={"SELECT", "INSERT", "DELETE"}),
        migrations.RunSQL(
            wall.expiry_sql("alerts_alert", "id", "closed_at", 2562),
            f"DROP FUNCTION {wall.expiry_function('alerts_alert')}",
        ),
    ]
