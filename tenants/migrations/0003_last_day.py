"""The last day of use of a tenant that leaves; the directory tells it to whoever lets people in, and to its own."""

from django.db import migrations, models

from tenants.isolation.roles import APP, PLATFORM

_COLUMNS = "id, company_code, name, state NOT IN ('suspended', 'erased'), is_provider, frozen_at IS NOT NULL"
_RETURNS = "tenant_id uuid, code varchar, name varchar, open boolean, is_provider boolean, frozen boolean"
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
    dependencies = [("tenants", "0002_frozen")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="last_day",
            field=models.DateField(editable=False, null=True, verbose_name="last day of use"),
        ),
        migrations.RunSQL(
            _functions(f"{_COLUMNS}, last_day", f"{_RETURNS}, last_day date"),
            _functions(_COLUMNS, _RETURNS),
        ),
    ]
