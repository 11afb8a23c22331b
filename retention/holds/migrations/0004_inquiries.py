"""Inquiries are kept by a hold, too: tables that a company takes along and that came after the triggers (N4, R5)."""

from django.db import migrations

TABLES = ("inquiries_inquiry", "inquiries_inquirymessage", "inquiries_inquiryattachment")
_KEEP = """
CREATE TRIGGER holds_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION holds_keep_deleted()
"""


class Migration(migrations.Migration):
    dependencies = [("holds", "0003_tables"), ("inquiries", "0001_initial")]

    operations = [
        migrations.RunSQL([_KEEP.format(table=table) for table in TABLES],
                          [f"DROP TRIGGER holds_deleted ON {table}" for table in TABLES]),
    ]  # fmt: skip
