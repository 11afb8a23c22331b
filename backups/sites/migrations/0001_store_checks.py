"""Examinations of stores."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="StoreCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "store",
                    models.CharField(
                        choices=[
                            ("backups", "Backups"),
                            ("copies", "Backups, second site"),
                            ("anchors", "Anchors of the audit log"),
                        ],
                        max_length=10,
                        verbose_name="store",
                    ),
                ),
                ("address", models.CharField(max_length=300, verbose_name="address")),
                ("server", models.CharField(max_length=200, verbose_name="server")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="examined")),
                ("sound", models.BooleanField(verbose_name="sound")),
                ("checks", models.JSONField(verbose_name="checks")),
            ],
            options={
                "verbose_name": "examination of a store",
                "ordering": ["-at", "-id"],
            },
        ),
        GrantTable("StoreCheck", platform={"SELECT", "INSERT"}),
    ]
