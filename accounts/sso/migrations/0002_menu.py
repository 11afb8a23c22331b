"""Administrators of the companies that exist already get the new menu."""

from django.db import migrations

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'console.sso')
WHERE code = 'administrator' AND NOT menus @> ARRAY['console.sso']::varchar[]
"""
_TAKE = "UPDATE accounts_role SET menus = array_remove(menus, 'console.sso')"


class Migration(migrations.Migration):
    dependencies = [("sso", "0001_initial")]

    operations = [migrations.RunSQL(_GIVE, _TAKE)]
