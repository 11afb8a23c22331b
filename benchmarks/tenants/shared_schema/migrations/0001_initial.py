"""The twenty tables, each behind the wall."""

from django.db import migrations

from benchmarks.tenants.blueprint import TABLES, create_operations
from benchmarks.tenants.shared_schema import models
from tenants.isolation.operations import TenantTable


class Migration(migrations.Migration):
    """As a product's first migration."""

    initial = True
    operations = [*create_operations(models), *map(TenantTable, TABLES)]
