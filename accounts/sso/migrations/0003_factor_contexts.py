"""The methods of the identity provider that count as two factors."""

import django.contrib.postgres.fields
from django.db import migrations, models

import accounts.sso.models


class Migration(migrations.Migration):
    dependencies = [("sso", "0002_menu")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="factor_contexts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=400),
                blank=True,
                default=accounts.sso.models.usual_factor_contexts,
                size=None,
                verbose_name="methods with two factors",
            ),
        ),
    ]
