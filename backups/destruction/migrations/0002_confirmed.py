"""One name for what a second operator confirmed, whatever it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("destruction", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="destructionrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "Waits for a second operator"),
                    ("completed", "Confirmed"),
                    ("cancelled", "Withdrawn"),
                    ("expired", "Never confirmed"),
                ],
                default="asked",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
