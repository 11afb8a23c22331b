"""Administrators of the companies that exist already get the new menu."""

from django.db import migrations

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'console.inventory')
WHERE code = 'administrator' AND NOT menus @> ARRAY['console.inventory']::varchar[]
"""
_TAKE = "UPDATE accounts_role SET menus = array_remove(menus, 'console.inventory')"


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_GIVE, _TAKE)]
