"""Menus can be closed for a whole company (T2). The database knows the default too, for rows that come past Django."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_erased")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="closed_menus",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, editable=False, size=None
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE tenants_tenant ALTER COLUMN closed_menus SET DEFAULT '{}'",
            "ALTER TABLE tenants_tenant ALTER COLUMN closed_menus DROP DEFAULT",
        ),
    ]
