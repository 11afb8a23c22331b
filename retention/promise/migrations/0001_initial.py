"""What operators changed of the promise; one row, or none."""

import django.utils.timezone
from django.db import migrations, models

from tenants.isolation.assets import READ_ONLY
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PromiseSetting",
            fields=[
                (
                    "name",
                    models.CharField(
                        default="promise", editable=False, max_length=10, primary_key=True, serialize=False
                    ),
                ),
                ("grace", models.PositiveSmallIntegerField(default=22, verbose_name="days until erasure")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_by_name", models.CharField(max_length=150)),
            ],
            options={
                "verbose_name": "promise of erasure",
                "verbose_name_plural": "promises of erasure",
                "constraints": [models.CheckConstraint(condition=models.Q(("name", "promise")), name="promise_once")],
            },
        ),
        GrantTable("PromiseSetting", app=READ_ONLY, platform={"SELECT", "INSERT", "UPDATE"}),
    ]
