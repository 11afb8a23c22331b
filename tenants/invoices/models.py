"""The price list, the issuer, and the ledger of invoices, which nobody changes (T6)."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from tenants.invoices.amounts import Rounding
from tenants.invoices.registration import validate_registration_number
from tenants.isolation.assets import (
    APPEND_ONLY,
    NO_RIGHTS,
    READ_ONLY,
    Asset,
    Erasure,
    Ownership,
    Retention,
    TableKind,
)
from tenants.isolation.models import new_id
from tenants.plans import PlanCode

# Ten years, of which two or three are leap years: the trigger of the ledger counts the same (migration 0001).
KEPT_DAYS = 3653


class Price(models.Model):
    """The monthly fee of a plan in yen without tax, from the first of a month until the next price of the plan."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("price list"),
        ownership=Ownership.PROVIDER,
        retention=Retention.while_in_use(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "DELETE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan_code = models.CharField(_("plan"), max_length=20, choices=PlanCode)
    valid_from = models.DateField(_("valid from"))
    fee = models.PositiveIntegerField(_("fee a month without tax (JPY)"))
    tax_percent = models.PositiveSmallIntegerField(_("tax rate (%)"), default=10, validators=[MaxValueValidator(100)])
    reduced = models.BooleanField(_("reduced tax rate"), default=False)
    set_by_name = models.CharField(_("set by"), max_length=150)
    set_at = models.DateTimeField(_("set"), default=timezone.now)

    class Meta:
        ordering = ["plan_code", "-valid_from"]
        verbose_name = _("price")
        constraints = [
            models.UniqueConstraint(
                fields=["plan_code", "valid_from"],
                name="invoices_price_once",
                violation_error_message=_("There is a price of this plan from this month already."),
            ),
            models.CheckConstraint(condition=models.Q(valid_from__day=1), name="invoices_price_first"),
        ]

    def __str__(self) -> str:
        return f"{self.get_plan_code_display()} {self.valid_from:%Y-%m}"


class PlanChange(models.Model):
    """That a company went from one plan to another, on a day of its time zone: what its months cost."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("organisation record"),
        ownership=Ownership.PROVIDER,
        retention=Retention.unlimited(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=APPEND_ONLY,
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    plan_before = models.CharField(max_length=20, choices=PlanCode)
    plan_after = models.CharField(max_length=20, choices=PlanCode)
    day = models.DateField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["changed_at"]
        indexes = [models.Index(fields=["tenant_id", "changed_at"], name="invoices_plan_of_tenant")]

    def __str__(self) -> str:
        return f"{self.plan_before} → {self.plan_after}"


class AccountKind(models.TextChoices):
    """Kinds of bank accounts that are paid to."""

    ORDINARY = "ordinary", pgettext_lazy("bank account", "Ordinary")
    CURRENT = "current", pgettext_lazy("bank account", "Current")


class Issuer(models.Model):
    """Who issues the invoices: one row. Each invoice keeps the issuer as it was then."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("issuer of invoices"),
        ownership=Ownership.PROVIDER,
        retention=Retention.while_in_use(),
        archived=False,
        platform_archived=True,
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    registration_number = models.CharField(
        _("registration number"), max_length=14, blank=True, validators=[validate_registration_number]
    )
    bank_name = models.CharField(_("bank"), max_length=60, blank=True)
    branch_name = models.CharField(_("branch"), max_length=60, blank=True)
    account_kind = models.CharField(
        _("kind of account"), max_length=10, choices=AccountKind, default=AccountKind.ORDINARY
    )
    account_number = models.CharField(_("account number"), max_length=20, blank=True)
    account_holder = models.CharField(_("account holder (kana)"), max_length=60, blank=True)
    rounding = models.CharField(_("rounding of the tax"), max_length=10, choices=Rounding, default=Rounding.DOWN)
    fiscal_month = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=4, choices=[(month, str(month)) for month in range(1, 13)]
    )

    class Meta:
        verbose_name = _("issuer")
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="invoices_issuer_only")]

    def __str__(self) -> str:
        return self.name


class InvoiceKind(models.TextChoices):
    """What a paper of the ledger is."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit", _("Credit note")


class Invoice(models.Model):
    """One invoice or credit note, as it was issued: the database refuses every change for ten years.

    `issuer` and `recipient` are as they were then. `lines` are `{name: {ja, en}, first, last, days, of, fee, amount,
    percent, reduced}`, days ISO, yen without tax; `taxes` the sums by rate `{percent, reduced, net, tax}` with the
    one rounding that a qualified invoice may have a rate. A credit note names in `corrects` the invoice that it takes
    from, and its sums are what it takes.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("invoices"),
        ownership=Ownership.PROVIDER,
        retention=Retention.beyond_contract(KEPT_DAYS, counted_from="issued_at"),
        archived=False,
        platform_archived=True,
        returned=True,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=READ_ONLY,
        platform_rights=APPEND_ONLY,
        walled_by="tenant_id",
        withheld=("issued_by_name",),
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    fiscal_year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    period = models.DateField(_("month"))
    issued_on = models.DateField(_("issue date"))
    issued_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(_("due date"), null=True)
    company_code = models.CharField(_("company code"), max_length=20)
    recipient = models.JSONField()
    issuer = models.JSONField()
    lines = models.JSONField()
    taxes = models.JSONField()
    net = models.BigIntegerField(_("total without tax"))
    tax = models.BigIntegerField(_("tax"))
    total = models.BigIntegerField(_("total"))
    currency = models.CharField(max_length=3, default="JPY")
    corrects = models.UUIDField(null=True)
    corrects_number = models.CharField(max_length=20, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    issued_by_name = models.CharField(max_length=150)

    class Meta:
        ordering = ["-fiscal_year", "-sequence"]
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "sequence"], name="invoices_number"),
            models.UniqueConstraint(
                fields=["tenant_id", "period", "kind"], condition=models.Q(kind="invoice"), name="invoices_once_a_month"
            ),
            models.CheckConstraint(condition=models.Q(total=models.F("net") + models.F("tax")), name="invoices_sum"),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "-issued_at"], name="invoices_of_tenant"),
            models.Index(fields=["corrects"], condition=models.Q(corrects__isnull=False), name="invoices_corrects"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number on the paper: the fiscal year, and the place in it without gaps."""
        return f"{self.fiscal_year}-{self.sequence:06}"

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes from another one."""
        return self.kind == InvoiceKind.CREDIT_NOTE

    @property
    def recipient_name(self) -> str:
        """The organisation as it was called then."""
        return str(self.recipient.get("name", ""))

    @property
    def signed_total(self) -> int:
        """The total, below zero when it takes."""
        return -self.total if self.is_credit_note else self.total

    def described(self) -> dict[str, Any]:
        """For the audit log."""
        return {"number": self.number, "month": f"{self.period:%Y-%m}", "total": self.total, "currency": self.currency}


class Delivery(models.Model):
    """That the billing contact was told of an invoice; to which address is not kept."""

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("mails about invoices"),
        ownership=Ownership.PROVIDER,
        retention=Retention.with_contract(),
        archived=False,
        platform_archived=True,
        returned=False,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
        platform_rights=APPEND_ONLY,
    )

    invoice_id = models.UUIDField(primary_key=True, editable=False)
    tenant_id = models.UUIDField(editable=False)
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["tenant_id"], name="invoices_delivery_tenant")]

    def __str__(self) -> str:
        return f"{self.told_at:%Y-%m-%d}"
