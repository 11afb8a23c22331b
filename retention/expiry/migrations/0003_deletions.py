"""The end of certificates and of deletions that operators asked for."""

from django.db import migrations

from tenants.isolation import wall

_EVIDENCE = {
    "certificates_certificate": ("id", "issued_at", 2562),
    "deletion_deletionrequest": ("id", "asked_at", 2562),
}


class Migration(migrations.Migration):
    dependencies = [("expiry", "0002_evidence"), ("certificates", "0001_initial"), ("deletion", "0001_initial")]

    operations = [
        migrations.RunSQL(wall.expiry_sql(table, *period), f"DROP FUNCTION {wall.expiry_function(table)}")
        for table, period in _EVIDENCE.items()
    ]
