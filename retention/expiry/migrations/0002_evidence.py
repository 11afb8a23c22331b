"""The end of invoices, and of the evidence of holds and erasures."""

from django.db import migrations

from tenants.isolation import wall

_LEDGERS = {
    "erasure_erasure": ("id", "finished_at", 2562),
    "holds_hold": ("id", "released_at", 3650),
    "invoices_invoice": ("id", "issued_at", 3653),
}


class Migration(migrations.Migration):
    dependencies = [
        ("expiry", "0001_initial"),
        ("erasure", "0001_initial"),
        ("holds", "0001_initial"),
        ("invoices", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(wall.expiry_sql(table, *period), f"DROP FUNCTION {wall.expiry_function(table)}")
        for table, period in _LEDGERS.items()
    ]
