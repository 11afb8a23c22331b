"""From when on a company is on which plan."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                (
                    "plan_before",
                    models.CharField(
                        choices=[("trial", "Trial"), ("standard", "Standard"), ("enterprise", "Enterprise")],
                        max_length=20,
                    ),
                ),
                (
                    "plan_after",
                    models.CharField(
                        choices=[("trial", "Trial"), ("standard", "Standard"), ("enterprise", "Enterprise")],
                        max_length=20,
                    ),
                ),
                ("day", models.DateField()),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["changed_at"],
                "indexes": [models.Index(fields=["tenant_id", "changed_at"], name="invoices_plan_of_tenant")],
            },
        ),
        GrantTable("PlanChange", platform={"SELECT", "INSERT"}),
    ]
