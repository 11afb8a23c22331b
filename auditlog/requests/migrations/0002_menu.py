"""Operators who exist already get the new menu."""

from django.db import migrations

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'operator.requests')
WHERE code = 'operator' AND NOT menus @> ARRAY['operator.requests']::varchar[]
"""
_TAKE = "UPDATE accounts_role SET menus = array_remove(menus, 'operator.requests')"


class Migration(migrations.Migration):
    dependencies = [("requests", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_GIVE, _TAKE)]
