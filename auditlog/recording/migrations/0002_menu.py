"""Administrators who exist already get the new menu."""

from django.db import migrations

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'console.audit_settings')
WHERE code = 'administrator' AND NOT menus @> ARRAY['console.audit_settings']::varchar[]
"""
_TAKE = "UPDATE accounts_role SET menus = array_remove(menus, 'console.audit_settings')"


class Migration(migrations.Migration):
    dependencies = [("recording", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_GIVE, _TAKE)]
