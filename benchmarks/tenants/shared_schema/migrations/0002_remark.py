"""One column more."""

from django.db import migrations

from benchmarks.tenants.blueprint import APP_LABEL, add_operation


class Migration(migrations.Migration):
    """As a product's next migration."""

    dependencies = [(APP_LABEL, "0001_initial")]
    operations = [add_operation()]
