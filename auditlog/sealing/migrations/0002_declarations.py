"""Declarations of another retention class, in the chain of a company."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sealing", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="segment",
            name="keeps",
            field=models.IntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="segment",
            index=models.Index(
                condition=models.Q(("keeps__isnull", False)), fields=["tenant_id", "seq"], name="sealing_segment_keeps"
            ),
        ),
    ]
