"""Prices, issuer, and the ledger of invoices, which the database itself keeps as it is."""

import django.core.validators
import django.db.models.expressions
import django.utils.timezone
from django.db import migrations, models

import tenants.invoices.registration
import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable

_GUARD = """
CREATE FUNCTION invoices_stay() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.issued_at < now() - interval '3653 days' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'an issued invoice stays as it is for ten years' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER invoices_stay BEFORE UPDATE OR DELETE ON invoices_invoice
    FOR EACH ROW EXECUTE FUNCTION invoices_stay();
CREATE TRIGGER invoices_stay_all BEFORE TRUNCATE ON invoices_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION invoices_stay();
"""
_UNGUARD = "DROP FUNCTION invoices_stay() CASCADE"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("invoice_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("tenant_id", models.UUIDField(editable=False)),
                ("told_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["tenant_id"], name="invoices_delivery_tenant")],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit", "Credit note")],
                        default="invoice",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("sequence", models.PositiveIntegerField()),
                ("period", models.DateField(verbose_name="month")),
                ("issued_on", models.DateField(verbose_name="issue date")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_on", models.DateField(null=True, verbose_name="due date")),
                ("company_code", models.CharField(max_length=20, verbose_name="company code")),
                ("recipient", models.JSONField()),
                ("issuer", models.JSONField()),
                ("lines", models.JSONField()),
                ("taxes", models.JSONField()),
                ("net", models.BigIntegerField(verbose_name="total without tax")),
                ("tax", models.BigIntegerField(verbose_name="tax")),
                ("total", models.BigIntegerField(verbose_name="total")),
                ("currency", models.CharField(default="JPY", max_length=3)),
                ("corrects", models.UUIDField(null=True)),
                ("corrects_number", models.CharField(blank=True, max_length=20)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("issued_by_name", models.CharField(max_length=150)),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["-fiscal_year", "-sequence"],
                "indexes": [
                    models.Index(fields=["tenant_id", "-issued_at"], name="invoices_of_tenant"),
                    models.Index(
                        condition=models.Q(("corrects__isnull", False)), fields=["corrects"], name="invoices_corrects"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("fiscal_year", "sequence"), name="invoices_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "invoice")),
                        fields=("tenant_id", "period", "kind"),
                        name="invoices_once_a_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total",
                                django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("tax")),
                            )
                        ),
                        name="invoices_sum",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Issuer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("only", models.BooleanField(default=True, editable=False, unique=True)),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                ("postal_code", models.CharField(blank=True, max_length=10, verbose_name="postal code")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                (
                    "registration_number",
                    models.CharField(
                        blank=True,
                        max_length=14,
                        validators=[tenants.invoices.registration.validate_registration_number],
                        verbose_name="registration number",
                    ),
                ),
                ("bank_name", models.CharField(blank=True, max_length=60, verbose_name="bank")),
                ("branch_name", models.CharField(blank=True, max_length=60, verbose_name="branch")),
                (
                    "account_kind",
                    models.CharField(
                        choices=[("ordinary", "Ordinary"), ("current", "Current")],
                        default="ordinary",
                        max_length=10,
                        verbose_name="kind of account",
                    ),
                ),
                ("account_number", models.CharField(blank=True, max_length=20, verbose_name="account number")),
                ("account_holder", models.CharField(blank=True, max_length=60, verbose_name="account holder (kana)")),
                (
                    "rounding",
                    models.CharField(
                        choices=[("down", "Round down"), ("half_up", "Round half up"), ("up", "Round up")],
                        default="down",
                        max_length=10,
                        verbose_name="rounding of the tax",
                    ),
                ),
                (
                    "fiscal_month",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "1"),
                            (2, "2"),
                            (3, "3"),
                            (4, "4"),
                            (5, "5"),
                            (6, "6"),
                            (7, "7"),
                            (8, "8"),
                            (9, "9"),
                            (10, "10"),
                            (11, "11"),
                            (12, "12"),
                        ],
                        default=4,
                        verbose_name="first month of the fiscal year",
                    ),
                ),
            ],
            options={
                "verbose_name": "issuer",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only", True)), name="invoices_issuer_only")
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "plan_code",
                    models.CharField(
                        choices=[("trial", "Trial"), ("standard", "Standard"), ("enterprise", "Enterprise")],
                        max_length=20,
                        verbose_name="plan",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("fee", models.PositiveIntegerField(verbose_name="fee a month without tax (JPY)")),
                (
                    "tax_percent",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="tax rate (%)",
                    ),
                ),
                ("reduced", models.BooleanField(default=False, verbose_name="reduced tax rate")),
                ("set_by_name", models.CharField(max_length=150, verbose_name="set by")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="set")),
            ],
            options={
                "verbose_name": "price",
                "ordering": ["plan_code", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan_code", "valid_from"),
                        name="invoices_price_once",
                        violation_error_message="There is a price of this plan from this month already.",
                    ),
                    models.CheckConstraint(condition=models.Q(("valid_from__day", 1)), name="invoices_price_first"),
                ],
            },
        ),
        GrantTable("Price", platform={"SELECT", "INSERT", "DELETE"}),
        GrantTable("Issuer", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("Invoice", app={"SELECT"}, platform={"SELECT", "INSERT"}),
        GrantTable("Delivery", platform={"SELECT", "INSERT"}),
        # A company reads its own.
        migrations.RunSQL(wall.policy_sql("invoices_invoice"), migrations.RunSQL.noop),
        migrations.RunSQL(_GUARD, _UNGUARD),
    ]
