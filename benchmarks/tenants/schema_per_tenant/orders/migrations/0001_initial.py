"""The twenty tables."""

from django.db import migrations

from benchmarks.tenants.blueprint import create_operations
from benchmarks.tenants.schema_per_tenant.orders import models


class Migration(migrations.Migration):
    """As a product's first migration."""

    initial = True
    operations = create_operations(models)
