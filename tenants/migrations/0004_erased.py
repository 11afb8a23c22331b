"""Whether a tenant is erased: jobs that were queued for it before ask, and do nothing (R1)."""

from django.db import migrations

from tenants.isolation.roles import APP, PLATFORM

_FUNCTION = [
    """CREATE FUNCTION is_erased(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp
        AS $$ SELECT EXISTS (SELECT FROM public.tenants_tenant t WHERE t.id = wanted AND t.state = 'erased') $$""",
    "REVOKE ALL ON FUNCTION is_erased(uuid) FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION is_erased(uuid) TO {APP}, {PLATFORM}",
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_last_day")]

    operations = [migrations.RunSQL(_FUNCTION, ["DROP FUNCTION is_erased(uuid)"])]
