"""Operators who exist already get the new menu."""

from django.db import migrations

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'operator.backups')
WHERE code = 'operator' AND NOT menus @> ARRAY['operator.backups']::varchar[]
"""
_TAKE = "UPDATE accounts_role SET menus = array_remove(menus, 'operator.backups')"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_GIVE, _TAKE)]
