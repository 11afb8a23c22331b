"""Requests to destroy keys: for the platform role only. Operators who exist already get the new menu."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation.operations import GrantTable

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'operator.keys')
WHERE code = 'operator' AND NOT menus @> ARRAY['operator.keys']::varchar[]
"""
_TAKE = "UPDATE accounts_role SET menus = array_remove(menus, 'operator.keys')"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DestructionRequest",
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
                            ("completed", "Destroyed"),
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
                ("key_ids", models.JSONField(default=list)),
                ("versions", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "destruction of keys",
                "verbose_name_plural": "destructions of keys",
                "ordering": ["-asked_at", "-id"],
            },
        ),
        GrantTable("DestructionRequest", platform={"SELECT", "INSERT", "UPDATE"}),
        migrations.RunSQL(_GIVE, _TAKE),
    ]
