"""A tenant can be frozen while its data is put back; the directory tells it to whoever lets people in."""

from django.db import migrations, models

from tenants.isolation.roles import APP, PLATFORM

_COLUMNS = "id, company_code, name, state NOT IN ('suspended', 'erased'), is_provider"
_RETURNS = "tenant_id uuid, code varchar, name varchar, open boolean, is_provider boolean"
_CONDITIONS = {
    "resolve_company(wanted text)": "t.company_code = wanted AND t.state <> 'erased'",
    "company_of(wanted uuid)": "t.id = wanted",
    "provider_company()": "t.is_provider",
}


def _functions(columns: str, returns: str) -> list[str]:
    statements = []
    for name, condition in _CONDITIONS.items():
        statements += [
            f"DROP FUNCTION {name}",
            f"""CREATE FUNCTION {name} RETURNS TABLE ({returns}) LANGUAGE sql STABLE SECURITY DEFINER
                SET search_path = pg_catalog, pg_temp
                AS $$ SELECT {columns} FROM public.tenants_tenant t WHERE {condition} $$""",
            f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {name} TO {APP}, {PLATFORM}",
        ]
    return statements


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="frozen_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(
            _functions(f"{_COLUMNS}, frozen_at IS NOT NULL", f"{_RETURNS}, frozen boolean"),
            _functions(_COLUMNS, _RETURNS),
        ),
    ]
