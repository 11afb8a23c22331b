"""Operators who exist already get the new menu."""

from django.db import migrations

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'operator.watch')
WHERE code = 'operator' AND NOT menus @> ARRAY['operator.watch']::varchar[]
"""
_TAKE = "UPDATE accounts_role SET menus = array_remove(menus, 'operator.watch')"


class Migration(migrations.Migration):
    dependencies = [("watching", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_GIVE, _TAKE)]
