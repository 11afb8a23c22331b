"""Certificates of erasure: for the platform role only."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("erasure_id", models.UUIDField(editable=False, unique=True)),
                ("tenant_id", models.UUIDField(editable=False)),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="number")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="issued")),
                ("statement", models.TextField(editable=False)),
                ("key_id", models.CharField(editable=False, max_length=16)),
                ("signature", models.BinaryField()),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("recipients", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "certificate of erasure",
                "verbose_name_plural": "certificates of erasure",
                "ordering": ["-issued_at", "-id"],
            },
        ),
        GrantTable("Certificate", platform={"SELECT", "INSERT", "UPDATE"}),
    ]
