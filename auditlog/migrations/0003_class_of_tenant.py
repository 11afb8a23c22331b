"""New events are kept as long as their tenant's policy says: the database asks for it as it stores them (G5)."""

from django.db import migrations, models

import auditlog.models

TABLE = "auditlog_auditevent"


class Migration(migrations.Migration):
    dependencies = [("auditlog", "0002_salt"), ("recording", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER TABLE {TABLE} ALTER COLUMN retention_class SET DEFAULT recording_class()",
                    f"ALTER TABLE {TABLE} ALTER COLUMN retention_class DROP DEFAULT",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="auditevent",
                    name="retention_class",
                    field=models.CharField(
                        choices=[("d30", "30 days"), ("d180", "180 days"), ("y7", "7 years")],
                        db_default=auditlog.models.ClassOfTenant(),
                        max_length=8,
                    ),
                ),
            ],
        ),
    ]
