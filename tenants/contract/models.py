"""The organisation behind a contract: who it is, whom to call, where invoices go (T5, R2)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from tenants.contract.countries import Country, Currency
from tenants.isolation.assets import READ_ONLY, Asset, Erasure, Ownership, Retention, TableKind

_PERSON = pgettext_lazy("person", "Name")


class Organisation(models.Model):
    """The record of one company. It outlives the contract (R2), and says so on the company's own page.

    A tenant without a row, such as a restored one, has what `queries.organisation_of` makes up from its name. `name` is
    that of the tenant, and `services` keep the two in step. The first user is whoever signed, and never changes.
    """

    asset: ClassVar[Asset] = Asset(
        data_class=gettext_noop("organisation record"),
        ownership=Ownership.PROVIDER,
        retention=Retention.unlimited(),
        archived=False,
        platform_archived=True,
        returned=True,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=READ_ONLY,
        platform_rights=frozenset({"SELECT", "INSERT", "UPDATE"}),
        walled_by="tenant_id",
    )

    tenant_id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(_("Organisation name"), max_length=150)
    first_user_name = models.CharField(_("First user"), max_length=150, blank=True, editable=False)
    first_user_email = models.EmailField(_("E-mail address of the first user"), blank=True, editable=False)
    system_department = models.CharField(_("Department"), max_length=100, blank=True)
    system_name = models.CharField(_PERSON, max_length=100, blank=True)
    system_phone = models.CharField(_("Phone"), max_length=30, blank=True)
    system_email = models.EmailField(_("E-mail address"), blank=True)
    billing_department = models.CharField(_("Department"), max_length=100, blank=True)
    billing_name = models.CharField(_PERSON, max_length=100, blank=True)
    billing_phone = models.CharField(_("Phone"), max_length=30, blank=True)
    billing_email = models.EmailField(_("E-mail address"), blank=True)
    country = models.CharField(_("Billing country"), max_length=2, choices=Country, default=Country.JP)
    postal_code = models.CharField(_("Postal code"), max_length=12, blank=True)
    address = models.CharField(pgettext_lazy("postal", "Address"), max_length=300, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, choices=Currency, default=Currency.JPY)

    class Meta:
        verbose_name = _("organisation record")
        verbose_name_plural = _("organisation records")

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_billed(self) -> bool:
        """Whether an invoice would know where to go."""
        return bool(self.billing_name and self.billing_email and self.address)
