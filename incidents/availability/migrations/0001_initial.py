"""Months that are over: added, never changed."""

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
            name="AvailabilityMonth",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField()),
                ("component", models.CharField(max_length=20)),
                ("period", models.FloatField()),
                ("excluded", models.FloatField()),
                ("unknown", models.FloatField()),
                ("degraded", models.FloatField()),
                ("down", models.FloatField()),
                ("outages", models.PositiveIntegerField()),
                ("shortest", models.FloatField(default=0)),
                ("decimals", models.PositiveSmallIntegerField(default=3)),
                ("evidence", models.JSONField(default=dict)),
                ("frozen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-month", "component"],
                "constraints": [models.UniqueConstraint(fields=("month", "component"), name="availability_month_once")],
            },
        ),
        GrantTable("AvailabilityMonth", platform={"SELECT", "INSERT"}),
        migrations.RunSQL(
            wall.expiry_sql("availability_availabilitymonth", "id", "frozen_at", 2562),
            f"DROP FUNCTION {wall.expiry_function('availability_availabilitymonth')}",
        ),
    ]
