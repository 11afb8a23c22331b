"""Tables that a company takes along and that came after the triggers: they are kept, too."""

from django.db import migrations

TABLES = ("cancellation_cancellationwords",)
_KEEP = """
CREATE TRIGGER holds_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION holds_keep_deleted()
"""


class Migration(migrations.Migration):
    dependencies = [("holds", "0002_keeping"), ("cancellation", "0001_initial")]

    operations = [
        migrations.RunSQL([_KEEP.format(table=table) for table in TABLES],
                          [f"DROP TRIGGER holds_deleted ON {table}" for table in TABLES]),
    ]  # fmt: skip
