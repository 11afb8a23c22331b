"""What sealing needs of an event: a salt, and an index in the order in which events are sealed."""

import django.contrib.postgres.functions
from django.db import migrations, models

TABLE = "auditlog_auditevent"

FORWARDS = [
    f"ALTER TABLE {TABLE} ADD COLUMN salt uuid NOT NULL DEFAULT gen_random_uuid()",
    f"CREATE INDEX auditlog_event_sealing ON {TABLE} (tenant_id, transaction_id, at)",
]
BACKWARDS = ["DROP INDEX auditlog_event_sealing", f"ALTER TABLE {TABLE} DROP COLUMN salt"]


class Migration(migrations.Migration):
    dependencies = [("auditlog", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARDS, BACKWARDS)],
            state_operations=[
                migrations.AddField(
                    model_name="auditevent",
                    name="salt",
                    field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False),
                ),
            ],
        ),
    ]
