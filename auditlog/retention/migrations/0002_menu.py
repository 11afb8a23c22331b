"""Operators who exist already get the new menu."""

from django.db import migrations

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'operator.audit')
WHERE code = 'operator' AND NOT menus @> ARRAY['operator.audit']::varchar[]
"""
_TAKE = "UPDATE accounts_role SET menus = array_remove(menus, 'operator.audit')"


class Migration(migrations.Migration):
    dependencies = [("audit_retention", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_GIVE, _TAKE)]
