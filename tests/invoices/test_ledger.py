"""The ledger is kept as it is by the database itself (T6, R2)."""

import pytest
from django.db import DatabaseError, connections, transaction

from tenants.models import Tenant
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(databases=EVERY_ROLE)


@pytest.mark.parametrize("alias", ["default", "platform", "owner"])
def test_nobody_changes_the_ledger(acme: Tenant, alias: str) -> None:
    """T6, R2: by rights for the product, by a trigger for the owner too; after ten years a row may go."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        if alias == "owner":
            cursor.execute(
                "INSERT INTO invoices_invoice (id, tenant_id, kind, fiscal_year, sequence, period, issued_on,"
                " issued_at, company_code, recipient, issuer, lines, taxes, net, tax, total, currency, corrects_number,"
                " reason, issued_by_name) SELECT gen_random_uuid(), %s, 'invoice', 2015 + age, 1,"
                " '2015-01-01'::date + age, '2015-01-01',"
                " now() - interval '3653 days' + age * interval '1 minute' - interval '30 seconds',"
                " 'ACME', '{}', '{}', '[]', '[]', 1, 0, 1, 'JPY', '', '', '' FROM generate_series(0, 1) AS age",
                [acme.id],
            )
        for statement in ("UPDATE invoices_invoice SET net = 0, total = 0", "DELETE FROM invoices_invoice",
                          "TRUNCATE invoices_invoice"):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic(using=alias):
                cursor.execute(statement)
        if alias == "owner":
            cursor.execute("DELETE FROM invoices_invoice WHERE fiscal_year = 2015")
            assert cursor.rowcount == 1
        transaction.set_rollback(True, using=alias)
