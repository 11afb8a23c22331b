"""Operators who exist already get the menu of the audit log's upkeep."""

from django.db import migrations

_GIVE = """
UPDATE accounts_role SET menus = array_append(menus, 'operator.audit')
WHERE code = 'operator' AND NOT menus @> ARRAY['operator.audit']::varchar[]
"""


class Migration(migrations.Migration):
    dependencies = [("forwarding", "0001_initial"), ("accounts", "0001_initial")]

    # Taken back by none of the parts that share it: each would take it from the others.
    operations = [migrations.RunSQL(_GIVE, migrations.RunSQL.noop)]
