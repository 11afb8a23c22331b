"""Organisation records: the provider's own, of which a company reads its own. Companies that exist get theirs.

`tenant_use` counts, for operators, what companies use of what their plans allow: two numbers each, no content.
"""

from django.db import migrations, models

from tenants.isolation import wall
from tenants.isolation.assets import READ_ONLY
from tenants.isolation.operations import GrantTable
from tenants.isolation.roles import PLATFORM

_TABLE = "contract_organisation"
# Keys of users are in the order of time: the first of those who are still there has most likely signed.
_FILL = f"""
INSERT INTO {_TABLE} (tenant_id, name, first_user_name, first_user_email, system_department, system_name, system_phone,
    system_email, billing_department, billing_name, billing_phone, billing_email, country, postal_code, address, currency)
SELECT t.id, t.name, coalesce(u.name, ''), coalesce(u.email, ''), '', coalesce(left(u.name, 100), ''), '',
    coalesce(u.email, ''), '', '', '', '', 'JP', '', '', 'JPY'
FROM tenants_tenant t LEFT JOIN LATERAL (
    SELECT name, email FROM accounts_user WHERE tenant_id = t.id ORDER BY id LIMIT 1
) u ON true
"""
_USE = f"""
CREATE FUNCTION tenant_use(wanted uuid[]) RETURNS TABLE (tenant_id uuid, users bigint, storage bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.id,
        (SELECT count(*) FROM public.accounts_user u WHERE u.tenant_id = t.id AND u.state <> 'suspended'),
        coalesce(
            (SELECT s.size FROM public.documents_storageuse s WHERE s.tenant_id = t.id),
            (SELECT sum(v.size)::bigint FROM public.documents_documentversion v WHERE v.tenant_id = t.id),
            0)
    FROM public.tenants_tenant t WHERE t.id = ANY (wanted)
$$;
REVOKE ALL ON FUNCTION tenant_use(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_use(uuid[]) TO {PLATFORM};
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenants", "0002_frozen"), ("accounts", "0001_initial"), ("documents", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("tenant_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=150, verbose_name="Organisation name")),
                (
                    "first_user_name",
                    models.CharField(blank=True, editable=False, max_length=150, verbose_name="First user"),
                ),
                (
                    "first_user_email",
                    models.EmailField(
                        blank=True, editable=False, max_length=254, verbose_name="E-mail address of the first user"
                    ),
                ),
                ("system_department", models.CharField(blank=True, max_length=100, verbose_name="Department")),
                ("system_name", models.CharField(blank=True, max_length=100, verbose_name="Name")),
                ("system_phone", models.CharField(blank=True, max_length=30, verbose_name="Phone")),
                ("system_email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail address")),
                ("billing_department", models.CharField(blank=True, max_length=100, verbose_name="Department")),
                ("billing_name", models.CharField(blank=True, max_length=100, verbose_name="Name")),
                ("billing_phone", models.CharField(blank=True, max_length=30, verbose_name="Phone")),
                ("billing_email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail address")),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("JP", "Japan"),
                            ("AU", "Australia"),
                            ("CA", "Canada"),
                            ("CN", "China"),
                            ("FR", "France"),
                            ("DE", "Germany"),
                            ("HK", "Hong Kong"),
                            ("IN", "India"),
                            ("KR", "South Korea"),
                            ("SG", "Singapore"),
                            ("TW", "Taiwan"),
                            ("TH", "Thailand"),
                            ("GB", "United Kingdom"),
                            ("US", "United States"),
                            ("VN", "Vietnam"),
                        ],
                        default="JP",
                        max_length=2,
                        verbose_name="Billing country",
                    ),
                ),
                ("postal_code", models.CharField(blank=True, max_length=12, verbose_name="Postal code")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="Address")),
                (
                    "currency",
                    models.CharField(
                        choices=[
                            ("JPY", "Japanese yen (JPY)"),
                            ("USD", "US dollar (USD)"),
                            ("EUR", "Euro (EUR)"),
                            ("SGD", "Singapore dollar (SGD)"),
                        ],
                        default="JPY",
                        max_length=3,
                        verbose_name="Currency",
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation record",
                "verbose_name_plural": "organisation records",
            },
        ),
        migrations.RunSQL(wall.policy_sql(_TABLE), migrations.RunSQL.noop),
        GrantTable("Organisation", app=READ_ONLY, platform={"SELECT", "INSERT", "UPDATE"}),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RunSQL(_USE, "DROP FUNCTION tenant_use(uuid[])"),
    ]
