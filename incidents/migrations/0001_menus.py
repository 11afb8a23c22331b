"""Administrators and operators who exist already get the new menus."""

from django.db import migrations

_NEW = {
    "administrator": ("inquiries", "console.incidents"),
    "editor": ("inquiries",),
    "operator": ("operator.incidents", "operator.notices", "operator.inquiries", "operator.monitoring"),
}


def _give(role: str, menu: str) -> str:
    return f"""
UPDATE accounts_role SET menus = array_append(menus, '{menu}')
WHERE code = '{role}' AND NOT menus @> ARRAY['{menu}']::varchar[]
"""


def _take(menu: str) -> str:
    return f"UPDATE accounts_role SET menus = array_remove(menus, '{menu}')"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_give(role, menu), _take(menu)) for role, menus in _NEW.items() for menu in menus]
